"""Experiments and runs in an SQL database."""
