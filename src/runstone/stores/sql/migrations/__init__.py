"""The way from older tables to this Runstone's."""

from runstone.stores.sql.revisions import HEAD, REVISIONS, VERSION_TABLE

__all__ = ["HEAD", "REVISIONS", "VERSION_TABLE"]
