"""The morning page: what is published and how fresh it is, for people who do not write SQL."""
