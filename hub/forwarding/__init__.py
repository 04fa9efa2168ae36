"""New statements go on to other learning record stores, in the order in which they were stored."""
