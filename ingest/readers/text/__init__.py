"""Tables in text files: delimited, one column a field or one column a month."""
