"""The learning record store: the only writer of statements; serves /xapi."""
