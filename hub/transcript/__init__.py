"""What one learner sees."""
