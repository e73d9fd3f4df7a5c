"""Schemas of data: one module for each library that holds it."""

from runstone.models.inference.dispatch import library_of, schema_of

__all__ = ["library_of", "schema_of"]
