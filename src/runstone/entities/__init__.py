"""The nouns of tracking: frozen values that refuse bad data."""

from runstone.entities.artifact import ArtifactPath, FileInfo
from runstone.entities.experiment import Experiment
from runstone.entities.metric import Metric, NonFinite, RunMetric
from runstone.entities.page import Page
from runstone.entities.param import Param
from runstone.entities.run import Run, RunData, RunInfo
from runstone.entities.states import LifecycleStage, RunStatus, ViewType
from runstone.entities.tag import Tag

__all__ = [
    "ArtifactPath",
    "Experiment",
    "FileInfo",
    "LifecycleStage",
    "Metric",
    "NonFinite",
    "Page",
    "Param",
    "Run",
    "RunData",
    "RunInfo",
    "RunMetric",
    "RunStatus",
    "Tag",
    "ViewType",
]
