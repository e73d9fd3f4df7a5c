"""Revisions of the tables, and the way from an older one to this Runstone's."""

# Every revision that this Runstone knows, oldest first; the modules in `versions/` say the same.
REVISIONS = ("0001",)
HEAD = REVISIONS[-1]
# The one row of this table names the revision of a database. A name of our own tells our databases from foreign ones.
VERSION_TABLE = "schema_revision"
