"""Where a published figure comes from: the rows behind it, model by model, to the line of the file."""
