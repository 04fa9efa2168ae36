"""Who may come in: users, roles, API tokens, vendor credentials, secret keys, audit log."""
