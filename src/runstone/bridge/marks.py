"""The tags that an import leaves on what it has not finished, so that it can be given again after any end of it."""

# On a run, a logged model or a version while it is being brought, so that one which is there whole is told from one
# that an import left half done. On a version it says which number that has in the source, or that it stands for none.
# On an experiment, that it is to be in the trash, until that is noted on another one.
UNFINISHED = "runstone.import.unfinished"
# On a run or a logged model some of whose files an import could not bring, so that the next one tries again.
LACKS_FILES = "runstone.import.lacks_files"
# On a logged model: the id that it had, where the store has chosen another.
ORIGIN = "runstone.import.model_id"
# On an experiment that was in the trash of its source, so that it is known again, in the trash or taken out of it.
TRASH = "runstone.import.trash"
# On an experiment: the run of it that is to be in the trash as soon as it is whole.
INTO_TRASH = "runstone.import.into_trash"
# With the id of another one behind it, on an experiment: that one is to be in the trash as soon as all of it is there.
TO_BE_TRASHED = "runstone.import.to_be_trashed."

_OURS = "runstone.import."


def is_mark(key: str) -> bool:
    """Whether a tag is one of these."""
    return key.startswith(_OURS)
