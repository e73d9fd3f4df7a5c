"""Runstone: experiment tracking for teams who work in Python and R."""
