"""From an archived file to rows in raw."""
