"""What a dataset's YAML may say."""
