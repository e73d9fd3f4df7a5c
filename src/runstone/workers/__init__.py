"""Models that predict in a process of their own, and how one speaks with it."""
