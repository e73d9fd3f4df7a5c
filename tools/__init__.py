"""Small checks of the repository, each with a test. Run one by `python -m tools.NAME`."""
