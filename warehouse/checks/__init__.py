"""What decides: contracts, drift, the gate, and the word of a named person."""
