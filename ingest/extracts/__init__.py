"""The generated extracts that ship."""
