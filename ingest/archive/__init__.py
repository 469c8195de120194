"""The published bytes, kept as they came."""
