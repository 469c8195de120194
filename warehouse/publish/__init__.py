"""The stable tables that readers read, and the difference that is written to them."""
