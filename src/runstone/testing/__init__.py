"""Suites that every implementation of a contract passes; shipped for authors of plugins too."""
