"""A tag: a note on an experiment or a run that may change."""

from msgspec import Struct
from msgspec.structs import force_setattr

from runstone.entities.names import MAX_MODEL_TAG_VALUE, MAX_TAG_VALUE, check_key, check_length


class Tag(Struct, frozen=True, gc=False):
    """A note on an experiment or a run; setting it again replaces the value.

    Attributes:
        key: Name, 1 to 250 characters. Names that begin with ``mlflow.`` have a meaning shared with MLflow.
        value: Text, at most 8000 characters; anything else given is turned into text.
    """

    key: str
    value: str = ""

    def __post_init__(self) -> None:
        if type(self.key) is str:
            check_key("tag", self.key)
        else:
            force_setattr(self, "key", check_key("tag", self.key))
        if type(self.value) is not str:
            force_setattr(self, "value", str(self.value))
        if len(self.value) > MAX_TAG_VALUE or "\0" in self.value or not self.value.isascii():
            check_length(f"the value of the tag {self.key!r}", self.value, MAX_TAG_VALUE)


class ModelTag(Struct, frozen=True, gc=False):
    """A note on a registered model or on a version of it; setting it again replaces the value.

    Attributes:
        key: Name, 1 to 250 characters.
        value: Text, at most 100,000 characters; anything else given is turned into text.
    """

    key: str
    value: str = ""

    def __post_init__(self) -> None:
        if type(self.key) is str:
            check_key("tag", self.key)
        else:
            force_setattr(self, "key", check_key("tag", self.key))
        if type(self.value) is not str:
            force_setattr(self, "value", str(self.value))
        check_length(f"the value of the tag {self.key!r}", self.value, MAX_MODEL_TAG_VALUE)


RUN_NAME = "mlflow.runName"
USER = "mlflow.user"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
PARENT_RUN_ID = "mlflow.parentRunId"
NOTE = "mlflow.note.content"
# Why a run ended as it did, in one sentence; absent where it just came to its end. And the traceback, if there is one.
END = "runstone.end"
TRACEBACK = "runstone.traceback"
# The models of a run, for clients of MLflow 1 and 2; and, on a logged model, that its files are kept elsewhere.
MODEL_HISTORY = "mlflow.log-model.history"
EXTERNAL = "mlflow.model.isExternal"
# On a logged model, the flavor that keeps it: its files tell that too, but a list of models does not open them.
FLAVOR = "runstone.flavor"
LOGGED_ARTIFACTS = "mlflow.loggedArtifacts"
GIT_COMMIT = "mlflow.source.git.commit"
GIT_BRANCH = "mlflow.source.git.branch"
GIT_REPO_URL = "mlflow.source.git.repoURL"
# What came of doing a run again, by which run, and which run that is a repetition of.
REPRODUCTION = "runstone.reproduction"
REPRODUCED_BY = "runstone.reproducedBy"
REPRODUCES = "runstone.reproduces"
