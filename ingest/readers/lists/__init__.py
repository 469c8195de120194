"""Lists of one kind by many publishers, as text or in workbooks, known by the names of their columns."""
