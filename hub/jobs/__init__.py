"""The queue and the worker. Jobs holds callables that app registers, and knows none by name."""
