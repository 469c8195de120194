"""The warehouse itself: server, schemas, refresh, publication, command line."""
