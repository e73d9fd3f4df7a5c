"""The command ``runstone``: parses, calls, prints."""
