"""A source is a connector that an admin has configured."""
