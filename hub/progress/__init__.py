"""Statements -> one progress record per learner and course; the reporting API."""
