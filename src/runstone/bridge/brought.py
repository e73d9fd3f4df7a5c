"""What an import brought."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from runstone.errors import BackendError, RunstoneError


@dataclass
class Brought:
    """How much was brought, what was there already, and what could not be brought.

    Attributes:
        experiments: Experiments that were made.
        runs: Runs that were brought.
        metric_values: Values of their metrics.
        logged_models: Logged models that were brought.
        registered_models: Registered models that were made.
        model_versions: Their versions that were brought.
        files: Files of runs and logged models.
        bytes: Length of these files together.
        already_there: Runs, logged models and versions that a former import had brought, or that were there before.
        prompts: Prompts of MLflow, which are no models and are left behind.
        notes: Runs and logged models whose folder of files is not there, and that may never have had one, in one
            sentence each.
        problems: What could not be brought as it was, and why, in one sentence each.
    """

    experiments: int = 0
    runs: int = 0
    metric_values: int = 0
    logged_models: int = 0
    registered_models: int = 0
    model_versions: int = 0
    files: int = 0
    bytes: int = 0
    already_there: int = 0
    prompts: int = 0
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @contextmanager
    def telling(self, what: str) -> Iterator[None]:
        """Tell of what is refused within, and go on.

        Args:
            what: What is brought within, such as ``run 17``.

        Raises:
            BackendError: The source or the store cannot be reached, which ends all.
        """
        try:
            yield
        except BackendError:
            raise
        except RunstoneError as error:
            self.problems.append(f"the {what} is not whole: {error.message}")
