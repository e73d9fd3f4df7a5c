"""The bars of the design, measured beside genuine MLflow; prints numbers and asserts nothing."""
