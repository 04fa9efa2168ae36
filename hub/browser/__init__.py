"""The statement browser: what is stored, in plain words, for an admin who looks after it."""
