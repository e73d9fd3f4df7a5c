"""The server: one thin application in front of a store and a repository of artifacts."""
