"""Identifiers -> one learner."""
