"""The store that a server keeps."""
