"""From a library's models to files and back."""
