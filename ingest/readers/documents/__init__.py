"""Nested records in JSON documents."""
