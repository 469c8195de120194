"""Harmless differences: what a file had otherwise than its definition says, and was read all the same, in words."""

from __future__ import annotations

AFTER_PUBLICATION = "after_publication"
BLANK_COLUMNS, BRITISH_DAYS, CARRIAGE_RETURNS = "blank_columns", "british_days", "carriage_returns"
NO_LAST_END, NUMBER_SPELLING, OTHER_DELIMITER = "no_last_line_end", "number_spelling", "other_delimiter"
POUND_SIGNS, SAID_DIFFERENTLY, STRAY_CELLS = "pound_signs", "said_differently", "stray_cells"
WINDOWS_1252 = "windows_1252"
# By the rule under which `audit.skipped_record` keeps it, with no record.
TOLD = {
    AFTER_PUBLICATION: "a record is dated after the day on which the file says that it was published",
    BLANK_COLUMNS: "columns without a name and without a cell were left out",
    BRITISH_DAYS: "days are written as 30/09/2013",
    CARRIAGE_RETURNS: "lines end with carriage returns",
    NO_LAST_END: "the last line has no end; its row is whole",
    NUMBER_SPELLING: "a number is spelt as no other, such as 1,234 or +5",
    OTHER_DELIMITER: "cells are parted by semicolons or tabs",
    POUND_SIGNS: "amounts carry a pound sign",
    SAID_DIFFERENTLY: "one party is described in two ways, so its differing texts are left blank",
    STRAY_CELLS: "somebody has written beneath columns without a name; that is not read",
    WINDOWS_1252: "it is written in Windows-1252",
}
