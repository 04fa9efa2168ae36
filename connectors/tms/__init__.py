"""Training management systems: sessions with instructors and attendance."""
