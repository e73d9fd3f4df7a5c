"""Datasets as MLflow keeps them, some of whose texts may be longer than a store of ours takes."""

from collections.abc import Callable

from runstone.entities import Dataset
from runstone.entities.dataset import MAX_DATASET_PROFILE, MAX_DATASET_SCHEMA, MAX_DATASET_SOURCE

_MOST = {"source": MAX_DATASET_SOURCE, "schema": MAX_DATASET_SCHEMA, "profile": MAX_DATASET_PROFILE}


def dataset(name: str, digest: str, source_type: str, *, tell: Callable[[str], None], **texts: str) -> Dataset:
    """A dataset without those of its texts that are too long, since half of a JSON document is of no use.

    Args:
        name: Its name.
        digest: Its digest.
        source_type: The type of its source.
        tell: Takes one sentence for each text that was left out.
        texts: ``source``, ``schema`` and ``profile``.

    Raises:
        InvalidValue: Its name, digest or type breaks a rule.
    """
    kept = {}
    for field, text in texts.items():
        if len(text) > _MOST[field]:
            tell(
                f"the {field} of the dataset {name!r} has {len(text):,} characters, over {_MOST[field]:,}; the dataset "
                f"was brought without it"
            )
        else:
            kept[field] = text
    return Dataset(name, digest, source_type, **kept)
