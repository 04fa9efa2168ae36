"""The Experience API (xAPI 1.0.3 and 2.0.0) in Python: vocabulary, JSON, validation, comparison.

Pure functions on plain values. It refuses to do I/O and knows no web framework and no database.
"""
