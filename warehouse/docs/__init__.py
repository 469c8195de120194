"""The documentation of what is published, as pages that any browser opens: made from the database and its register."""
