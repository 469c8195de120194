"""What is kept how long, and what goes at the end of its time."""
