"""Tables on the sheets of spreadsheet files."""
