"""Files that a system without an API leaves for us."""
