"""Shared machinery of the pages: templates, forms from schemas, navigation."""
