"""The nouns of tracking and of the registry: frozen values that refuse bad data."""

from runstone.entities.artifact import ArtifactPath, FileInfo
from runstone.entities.dataset import Dataset, DatasetInput, DatasetSummary, InputTag, ModelInput, ModelOutput
from runstone.entities.experiment import Experiment
from runstone.entities.journal import Applied, Entry, Refusal
from runstone.entities.logged_model import (
    DatasetFilter,
    LoggedModel,
    LoggedModelData,
    LoggedModelInfo,
    LoggedModelMetric,
    LoggedModelStatus,
    ModelMetric,
    ModelOrder,
)
from runstone.entities.metric import Metric, NonFinite, RunMetric
from runstone.entities.model_version import ModelVersion
from runstone.entities.page import Page
from runstone.entities.param import Param
from runstone.entities.registered_model import ModelAlias, RegisteredModel
from runstone.entities.run import EncodedRun, Run, RunData, RunInfo, RunInputs, RunOutputs
from runstone.entities.run_table import RunTable
from runstone.entities.series import Series
from runstone.entities.states import LifecycleStage, ModelStage, RunStatus, ViewType
from runstone.entities.tag import ModelTag, Tag
from runstone.entities.webhook import (
    Webhook,
    WebhookAction,
    WebhookDelivery,
    WebhookEntity,
    WebhookEvent,
    WebhookStatus,
    WebhookTestResult,
)

# MLflow's names of the same things.
ExperimentTag = LoggedModelTag = RunTag = Tag
LoggedModelInput, LoggedModelOutput = ModelInput, ModelOutput

__all__ = [
    "Applied",
    "ArtifactPath",
    "Dataset",
    "DatasetFilter",
    "DatasetInput",
    "DatasetSummary",
    "EncodedRun",
    "Entry",
    "Experiment",
    "ExperimentTag",
    "FileInfo",
    "LifecycleStage",
    "InputTag",
    "LoggedModel",
    "LoggedModelData",
    "LoggedModelInfo",
    "LoggedModelInput",
    "LoggedModelMetric",
    "LoggedModelOutput",
    "LoggedModelStatus",
    "LoggedModelTag",
    "Metric",
    "ModelAlias",
    "ModelInput",
    "ModelMetric",
    "ModelOrder",
    "ModelOutput",
    "ModelStage",
    "ModelTag",
    "ModelVersion",
    "NonFinite",
    "Page",
    "Param",
    "Refusal",
    "RegisteredModel",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunMetric",
    "RunOutputs",
    "RunStatus",
    "RunTable",
    "RunTag",
    "Series",
    "Tag",
    "ViewType",
    "Webhook",
    "WebhookAction",
    "WebhookDelivery",
    "WebhookEntity",
    "WebhookEvent",
    "WebhookStatus",
    "WebhookTestResult",
]
