"""Where experiments and runs are kept: one contract, with a database or a server behind it."""
