"""Shared machinery of /api/v1: problem+json, paging, bearer tokens, OpenAPI."""
