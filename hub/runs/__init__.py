"""One pull of one source: lease, pages, normalize, checkpoint."""
