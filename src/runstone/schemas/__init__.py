"""Requests and responses of the protocol, and the endpoints they belong to."""
