"""Whoever waits for the figures is told: published, not published and why, or nothing by the deadline."""
