"""The intake: figures that nobody publishes, as workbooks or CSV files that a named person signs."""
