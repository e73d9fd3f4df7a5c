"""The verbs of ``Client`` about artifacts."""


from runstone.client import arguments
from runstone.client.connection import Connection


class FileVerbs(Connection):
    """Log, list and fetch files."""

    def log_text(self, run_id: str, text: str, artifact_file: str) -> None:
        """Store a text as an artifact, in UTF-8."""
        body = arguments.text("the text of an artifact", text).encode()
        self._artifacts(run_id, writes=True).write(arguments.artifact_file(artifact_file), (body,))
