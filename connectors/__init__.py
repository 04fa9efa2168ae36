"""Systems that learning records are pulled from, one file each. Knows HTTP, never the database."""
