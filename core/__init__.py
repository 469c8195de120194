"""What both packages stand on and neither is imported by: settings, errors, locks, database access, embedded server."""

from core.environment import forget_theirs

forget_theirs()  # before any module of ours imports a tool that would read it
