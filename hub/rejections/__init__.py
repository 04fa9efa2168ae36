"""Records and statements that were set aside, with reason and raw payload."""
