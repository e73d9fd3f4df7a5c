"""What a training script calls: the handle ``Client`` and the verbs of the module."""

from runstone.client.client import Client
from runstone.client.records import RunOperations

__all__ = ["Client", "RunOperations"]
