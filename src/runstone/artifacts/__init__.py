"""Stores of files, and the way from a URI to one."""
