"""Publications from the publishers' addresses into the inbox: polite, resumable, and never a half file."""
