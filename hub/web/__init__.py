"""What all pages share: layout, forms, error pages, headers. Knows no feature."""

from hub.web.setup import register

__all__ = ["register"]
