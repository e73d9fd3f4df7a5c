"""The revisions of the tables by name; the steps between them are in ``migrations/``."""

# Every revision that this Runstone knows, oldest first; the modules in `migrations/versions/` say the same.
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
)
HEAD = REVISIONS[-1]
# The one row of this table names the revision of a database. A name of our own tells our databases from foreign ones.
VERSION_TABLE = "schema_revision"
