"""What past publications said, and how they are made again."""
