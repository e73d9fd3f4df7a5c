"""Runstone: experiment tracking for teams who work in Python and R."""

from runstone.client.fluent import *  # noqa: F403 -- the front door is the list of verbs
