"""Drafts of definitions for files that none reads yet."""
