"""All trainings of the demonstration, in their order."""

from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from runstone.demo import diabetes, digits, tumours
from runstone.demo.recording import LoggedRun, Recorder
from runstone.entities import RunStatus


@dataclass(frozen=True, slots=True)
class Trained:
    """What was trained.

    Attributes:
        experiments: Ids of the experiments, by name.
        runs: What was logged to each run, in the order of their starts.
    """

    experiments: dict[str, str]
    runs: list[LoggedRun]

    def best(self, experiment: str, metric: str) -> LoggedRun:
        """The finished run of an experiment with the highest latest value of a metric."""
        candidates = (run for run in self.runs if run.experiment_id == self.experiments[experiment])
        return max((run for run in candidates if run.status is RunStatus.FINISHED), key=lambda run: run.last(metric))


def train_all(recorder: Recorder) -> Trained:
    """Train everything, and log it."""
    experiments = {}
    # The matrices are small: threads would cost more than they give, and make the results depend on the machine.
    with threadpool_limits(1):
        for module in (digits, tumours, diabetes):
            experiments[module.EXPERIMENT] = module.train(recorder)
    return Trained(experiments, recorder.runs)
