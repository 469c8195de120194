"""Commands for auditors: where a figure comes from, and that it is what was published."""
