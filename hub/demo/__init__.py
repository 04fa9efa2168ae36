"""The demo: an invented organisation, its two vendor systems simulated over real HTTP, and a file.

The simulators speak the vendors' wire formats and hold nothing that the real systems would not.
"""
