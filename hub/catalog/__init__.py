"""Activities and the courses they belong to."""
