"""The settings: one table, and the only place that reads the environment."""

import os
import re
from functools import partial

from runstone.config.setting import Setting, boolean, one_of, schemes, seconds, whole

_PASSWORD = re.compile(r"(://[^/@:]*):[^/@]*@")

LOG_FORMATS = ("text", "json")
FSYNCS = ("always", "interval", "never")
LOG_LEVELS = ("debug", "info", "warning", "error")

TRACKING_URI = Setting(
    "RUNSTONE_TRACKING_URI",
    "sqlite:///runstone.db",
    "Where runs are kept: `sqlite:///FILE`, `postgresql://USER@HOST/DATABASE`, or the address of a server.",
    str,
    "MLFLOW_TRACKING_URI",
)
REGISTRY_URI = Setting(
    "RUNSTONE_REGISTRY_URI",
    None,
    "Where registered models are kept, as for `RUNSTONE_TRACKING_URI`; where runs are if unset.",
    str,
    "MLFLOW_REGISTRY_URI",
)
EXPERIMENT_NAME = Setting(
    "RUNSTONE_EXPERIMENT_NAME", None, "Experiment that new runs belong to, by name.", str, "MLFLOW_EXPERIMENT_NAME"
)
EXPERIMENT_ID = Setting(
    "RUNSTONE_EXPERIMENT_ID", None, "Experiment that new runs belong to, by id.", str, "MLFLOW_EXPERIMENT_ID"
)
RUN_ID = Setting(
    "RUNSTONE_RUN_ID",
    None,
    "Run that `start_run()` resumes, once: it is removed then, so that child processes have runs of their own.",
    str,
    "MLFLOW_RUN_ID",
)
REPRODUCES = Setting(
    "RUNSTONE_REPRODUCES",
    None,
    "Run that a program does again; `runstone reproduce` sets it. `RUNSTONE_TRACKING_URI` comes before an address that "
    "the code chooses then.",
    str,
)
RUN_NAME = Setting("RUNSTONE_RUN_NAME", None, "Name of the run that `start_run()` makes.", str, "MLFLOW_RUN_NAME")
USER = Setting("RUNSTONE_USER", None, "Who is written down as the owner of a run; the login name if unset.", str)
JOURNAL_DIR = Setting(
    "RUNSTONE_JOURNAL_DIR",
    ".runstone",
    "Folder that keeps what runs log until it is sent.",
    str,
)
JOURNAL_FSYNC = Setting(
    "RUNSTONE_JOURNAL_FSYNC",
    "interval",
    "When what was logged is safe from a loss of power: `always` at once, `interval` within a second, `never` whenever "
    "the system writes it. A killed process loses nothing either way.",
    partial(one_of, words=FSYNCS),
)
JOURNAL_MAX_MB = Setting(
    "RUNSTONE_JOURNAL_MAX_MB",
    "2000",
    "Size in MB (1,000,000 bytes) that the journal of a run may have, while the server takes nothing; beyond it calls "
    "wait for the server. 1 to 100,000.",
    partial(whole, least=1, most=100_000),
)
JOURNAL_WAIT = Setting(
    "RUNSTONE_JOURNAL_WAIT",
    "10",
    "Seconds that a flush, the end of a run and the end of the program wait for a server that does not answer; above "
    "0, at most 86,400. What it has not taken by then stays in the journal.",
    partial(seconds, most=86_400),
)
OFFLINE = Setting(
    "RUNSTONE_OFFLINE",
    "false",
    "Whether the runs of `start_run` and what is logged to them are kept in the folder of journals, and sent by "
    "`runstone sync`, or by the next start there that is not offline and logs to the same address. A `Client` "
    "that code makes itself is not concerned: it speaks with the store.",
    boolean,
)
CAPTURE_GIT = Setting(
    "RUNSTONE_CAPTURE_GIT",
    "true",
    "Whether a run records the commit, the branch and the remote of the git repository that its program is in.",
    boolean,
)
CAPTURE_CODE = Setting(
    "RUNSTONE_CAPTURE_CODE",
    "true",
    "Whether a run keeps what differs from that commit: a patch, and source files that git does not track.",
    boolean,
)
CAPTURE_ENVIRONMENT = Setting(
    "RUNSTONE_CAPTURE_ENVIRONMENT",
    "true",
    "Whether a run records its command line, Python, the versions of installed packages, and the machine.",
    boolean,
)
CAPTURE_CONSOLE = Setting("RUNSTONE_CAPTURE_CONSOLE", "true", "Whether a run keeps what its program prints.", boolean)
ENABLE_SYSTEM_METRICS_LOGGING = Setting(
    "RUNSTONE_ENABLE_SYSTEM_METRICS_LOGGING",
    "true",
    "Whether a run logs how busy processor, memory, disks, network and GPUs are, as metrics.",
    boolean,
    "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING",
)
SYSTEM_METRICS_SAMPLING_INTERVAL = Setting(
    "RUNSTONE_SYSTEM_METRICS_SAMPLING_INTERVAL",
    "10",
    "Seconds between two samples of them; above 0, at most 86,400.",
    partial(seconds, most=86_400),
    "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL",
)
SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING = Setting(
    "RUNSTONE_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING",
    "1",
    "How many samples of them are taken before their mean is logged; 1 to 1,000,000.",
    partial(whole, least=1, most=1_000_000),
    "MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING",
)
SYSTEM_METRICS_NODE_ID = Setting(
    "RUNSTONE_SYSTEM_METRICS_NODE_ID",
    None,
    "Name of this machine in their names, `system/NODE/...`, where a run uses several.",
    str,
    "MLFLOW_SYSTEM_METRICS_NODE_ID",
)
HTTP_TIMEOUT = Setting(
    "RUNSTONE_HTTP_TIMEOUT",
    "120",
    "Seconds before a request to a server is given up; above 0, at most 1,000,000.",
    partial(seconds, most=1_000_000),  # the system's calls take some two million
    "MLFLOW_HTTP_REQUEST_TIMEOUT",
)
HTTP_RETRIES = Setting(
    "RUNSTONE_HTTP_RETRIES",
    "5",
    "How often a request that got no answer, or 429, 502, 503 or 504, is sent again; 0 to 1,000.",
    partial(whole, least=0, most=1000),
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES",
)
TRACKING_USERNAME = Setting(
    "RUNSTONE_TRACKING_USERNAME", None, "User name for the server.", str, "MLFLOW_TRACKING_USERNAME"
)
TRACKING_PASSWORD = Setting(
    "RUNSTONE_TRACKING_PASSWORD", None, "Password for the server.", str, "MLFLOW_TRACKING_PASSWORD", secret=True
)
TRACKING_TOKEN = Setting(
    "RUNSTONE_TRACKING_TOKEN", None, "Bearer token for the server.", str, "MLFLOW_TRACKING_TOKEN", secret=True
)
TRACKING_CA_BUNDLE = Setting(
    "RUNSTONE_TRACKING_CA_BUNDLE",
    None,
    "File with the certificates that the server's own is checked against; the system's if unset.",
    str,
    "MLFLOW_TRACKING_SERVER_CERT_PATH",
)
ALLOWED_HOSTS = Setting(
    "RUNSTONE_ALLOWED_HOSTS",
    None,
    "Host names, parted by commas, that the server answers to besides loopback.",
    str,
    "MLFLOW_SERVER_ALLOWED_HOSTS",
)
MAX_REQUEST_MB = Setting(
    "RUNSTONE_MAX_REQUEST_MB",
    "64",
    "Largest JSON body in MB (1,000,000 bytes) that the server reads; 1 to 100,000.",
    partial(whole, least=1, most=100_000),
)
WEBHOOK_ALLOWED_SCHEMES = Setting(
    "RUNSTONE_WEBHOOK_ALLOWED_SCHEMES",
    "https",
    "Schemes, parted by commas, that the address of a webhook may have: `https`, `http`.",
    schemes,
    "MLFLOW_WEBHOOK_ALLOWED_SCHEMES",
)
WEBHOOK_ALLOW_PRIVATE_IPS = Setting(
    "RUNSTONE_WEBHOOK_ALLOW_PRIVATE_IPS",
    "false",
    "Whether webhooks may call addresses that are not of the public internet: this machine and its own networks.",
    boolean,
    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS",
)
WEBHOOK_REQUEST_TIMEOUT = Setting(
    "RUNSTONE_WEBHOOK_REQUEST_TIMEOUT",
    "30",
    "Seconds that a call of a webhook takes at most; above 0, at most 300.",
    partial(seconds, most=300),
    "MLFLOW_WEBHOOK_REQUEST_TIMEOUT",
)
WEBHOOK_REQUEST_MAX_RETRIES = Setting(
    "RUNSTONE_WEBHOOK_REQUEST_MAX_RETRIES",
    "8",
    "How often a webhook that did not take an event is tried again, after 2 s, 8 s, 32 s and so on, at most an hour; "
    "0 to 100.",
    partial(whole, least=0, most=100),
    "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES",
)
WEBHOOK_SECRET_ENCRYPTION_KEY = Setting(
    "RUNSTONE_WEBHOOK_SECRET_ENCRYPTION_KEY",
    None,
    "Key by which the secrets of webhooks are encrypted: 32 bytes in URL-safe base64. One that the database keeps if "
    "unset.",
    str,
    "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY",
    secret=True,
)
ENVIRONMENTS = Setting(
    "RUNSTONE_ENVIRONMENTS",
    "~/.cache/runstone/environments",
    'Folder that keeps the environments in which models predict that are loaded with `env="fresh"`.',
    str,
)
WORKER_TIMEOUT = Setting(
    "RUNSTONE_WORKER_TIMEOUT",
    None,
    "Seconds that the process of such a model may take to load it, and for each answer, before it is ended; above 0, "
    "at most 1,000,000. As long as it takes if unset.",
    partial(seconds, most=1_000_000),
)
MAX_ARTIFACT_MB = Setting(
    "RUNSTONE_MAX_ARTIFACT_MB",
    "1000000",
    "Largest artifact in MB (1,000,000 bytes) that the server takes from a client; 1 to 100,000,000.",
    partial(whole, least=1, most=100_000_000),
)
ENABLE_ARTIFACTS_PROGRESS_BAR = Setting(
    "RUNSTONE_ENABLE_ARTIFACTS_PROGRESS_BAR",
    "true",
    "Whether a transfer of artifacts or an import that takes over a second shows a bar, where there is a terminal.",
    boolean,
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR",
)
S3_ENDPOINT_URL = Setting(
    "RUNSTONE_S3_ENDPOINT_URL",
    None,
    "Address of the S3-compatible service that keeps `s3://` artifacts; Amazon's if unset.",
    str,
    "MLFLOW_S3_ENDPOINT_URL",
)
S3_IGNORE_TLS = Setting(
    "RUNSTONE_S3_IGNORE_TLS",
    "false",
    "Whether the certificate of the S3-compatible service is left unchecked.",
    boolean,
    "MLFLOW_S3_IGNORE_TLS",
)
AZURE_CONNECTION_STRING = Setting(
    "RUNSTONE_AZURE_CONNECTION_STRING",
    None,
    "Account, key and endpoint of the Azure storage that keeps artifacts, as the portal shows them.",
    str,
    "AZURE_STORAGE_CONNECTION_STRING",
    secret=True,
)
COMPACTION = Setting(
    "RUNSTONE_COMPACTION",
    "true",
    "Whether a server compresses the values of metrics in the background.",
    boolean,
)
LOG_LEVEL = Setting(
    "RUNSTONE_LOG_LEVEL",
    "warning",
    f"What a server writes about itself, this and all that is graver: {', '.join(LOG_LEVELS)}.",
    partial(one_of, words=LOG_LEVELS),
    "MLFLOW_LOGGING_LEVEL",
)
LOG_FORMAT = Setting(
    "RUNSTONE_LOG_FORMAT",
    "text",
    "How a server writes about itself, a line an event: `text` (as name=value) or `json`.",
    partial(one_of, words=LOG_FORMATS),
)
DEBUG = Setting("RUNSTONE_DEBUG", "false", "Whether the command line shows the traceback of an error.", boolean)

SETTINGS: tuple[Setting[str] | Setting[int] | Setting[float] | Setting[bool], ...] = (
    TRACKING_URI,
    REGISTRY_URI,
    EXPERIMENT_NAME,
    EXPERIMENT_ID,
    RUN_ID,
    REPRODUCES,
    RUN_NAME,
    USER,
    JOURNAL_DIR,
    JOURNAL_FSYNC,
    JOURNAL_MAX_MB,
    JOURNAL_WAIT,
    OFFLINE,
    CAPTURE_GIT,
    CAPTURE_CODE,
    CAPTURE_ENVIRONMENT,
    CAPTURE_CONSOLE,
    ENABLE_SYSTEM_METRICS_LOGGING,
    SYSTEM_METRICS_SAMPLING_INTERVAL,
    SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING,
    SYSTEM_METRICS_NODE_ID,
    HTTP_TIMEOUT,
    HTTP_RETRIES,
    TRACKING_USERNAME,
    TRACKING_PASSWORD,
    TRACKING_TOKEN,
    TRACKING_CA_BUNDLE,
    ALLOWED_HOSTS,
    MAX_REQUEST_MB,
    WEBHOOK_ALLOWED_SCHEMES,
    WEBHOOK_ALLOW_PRIVATE_IPS,
    WEBHOOK_REQUEST_TIMEOUT,
    WEBHOOK_REQUEST_MAX_RETRIES,
    WEBHOOK_SECRET_ENCRYPTION_KEY,
    ENVIRONMENTS,
    WORKER_TIMEOUT,
    MAX_ARTIFACT_MB,
    ENABLE_ARTIFACTS_PROGRESS_BAR,
    S3_ENDPOINT_URL,
    S3_IGNORE_TLS,
    AZURE_CONNECTION_STRING,
    COMPACTION,
    LOG_LEVEL,
    LOG_FORMAT,
    DEBUG,
)

# What a run reads while it goes on, and at its end.
_OF_RUNS: tuple[Setting[str] | Setting[int] | Setting[float] | Setting[bool], ...] = (
    CAPTURE_GIT,
    CAPTURE_CODE,
    CAPTURE_ENVIRONMENT,
    CAPTURE_CONSOLE,
    ENABLE_SYSTEM_METRICS_LOGGING,
    SYSTEM_METRICS_SAMPLING_INTERVAL,
    SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING,
    JOURNAL_FSYNC,
    JOURNAL_MAX_MB,
    JOURNAL_WAIT,
)


def check_those_of_runs() -> None:
    """See that a run which is about to be made can read its settings: later it would stay behind, half begun.

    Raises:
        InvalidValue: The text of one cannot be read.
    """
    for setting in _OF_RUNS:
        setting.get()


def without_secrets() -> dict[str, str]:
    """The environment for a process that runs others' code.

    Settings of Runstone that are secret are not in it, and its addresses have no password.
    """
    names = {name: each.secret for each in SETTINGS for name in (each.name, each.mlflow)}
    return {
        name: _PASSWORD.sub(r"\1@", value) if name in names else value
        for name, value in os.environ.items()
        if not names.get(name)
    }
