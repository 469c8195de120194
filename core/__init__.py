"""What both packages stand on and neither is imported by: settings, errors, locks, database access, embedded server."""
