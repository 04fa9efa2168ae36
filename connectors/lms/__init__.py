"""Learning management systems: self-paced courses."""
