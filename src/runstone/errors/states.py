"""What is there already, or in the trash."""

from runstone.errors.kinds import AlreadyExists, InvalidState


class ExperimentExists(AlreadyExists):
    """An experiment of this name exists.

    Attributes:
        name: The name that is taken.
    """

    name: str

    def __init__(self, name: str, *, advice: str = "choose another name, or use it") -> None:
        super().__init__(f"an experiment named {name!r} exists already; {advice}", name=name)


class RunExists(AlreadyExists):
    """The id that was chosen for a run is that of a run of another experiment."""

    run_id: str
    experiment_id: str

    def __init__(self, run_id: str, experiment_id: str) -> None:
        super().__init__(
            f"the run {run_id!r} is there already, in the experiment {experiment_id!r}; choose another id",
            run_id=run_id,
            experiment_id=experiment_id,
        )


class LoggedModelExists(AlreadyExists):
    """The id that was chosen for a logged model is that of another one, or of one that was deleted.

    Attributes:
        model_id: The id.
    """

    model_id: str

    def __init__(self, model_id: str, why: str) -> None:
        super().__init__(
            f"the logged model {model_id!r} is there already, and {why}; choose another id", model_id=model_id
        )


class RegisteredModelExists(AlreadyExists):
    """A registered model of this name exists.

    Attributes:
        name: The name that is taken.
    """

    name: str

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a registered model named {name!r} exists already; choose another name, or add a version to it", name=name
        )


class RunDeleted(InvalidState):
    """A run in the trash takes no changes.

    Attributes:
        run_id: The run.
    """

    code = "INVALID_PARAMETER_VALUE"
    run_id: str

    def __init__(self, run_id: str) -> None:
        super().__init__(f"the run {run_id!r} is deleted; restore it first", run_id=run_id)


class ExperimentDeleted(InvalidState):
    """An experiment in the trash takes no changes.

    Attributes:
        experiment: Its id.
    """

    code = "INVALID_PARAMETER_VALUE"
    experiment: str

    def __init__(self, experiment: str) -> None:
        super().__init__(f"the experiment {experiment!r} is deleted; restore it first", experiment=experiment)


class NotReproducible(InvalidState):
    """What is known of a run is not enough to do it again, or cannot be set up here."""


class ThresholdsNotMet(InvalidState):
    """A metric of a model is not what was demanded of it."""
