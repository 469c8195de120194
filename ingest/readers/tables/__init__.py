"""Tables with a figure in each cell, under a row and a column, in the sheets of a workbook."""
