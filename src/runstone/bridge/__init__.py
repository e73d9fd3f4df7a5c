"""Brings experiments, runs and registered models from elsewhere into a store of Runstone, and out of it."""
