"""A run is done again from what it captured, and its metrics are compared."""
