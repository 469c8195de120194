"""Airflow's surroundings: its settings, its processes, its log."""
