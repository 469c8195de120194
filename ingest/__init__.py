"""From a publication to raw rows: definitions, archive, readers, contract, load."""
