"""What is not there."""

from collections.abc import Iterable, Sequence

from runstone.errors.kinds import NotFound


class ExperimentNotFound(NotFound):
    """No experiment has this id or name.

    Attributes:
        experiment: The id or the name that was looked for.
    """

    experiment: str

    def __init__(self, experiment: str, *, by: str = "id") -> None:
        super().__init__(f"no experiment has the {by} {experiment!r}", experiment=experiment)


class RunNotFound(NotFound):
    """No run has this id.

    Attributes:
        run_id: The id that was looked for.
    """

    run_id: str

    def __init__(self, run_id: str, *, by: str = "id") -> None:
        super().__init__(f"no run has the {by} {run_id!r}", run_id=run_id)


class LoggedModelNotFound(NotFound):
    """No logged model has this id.

    Attributes:
        model_id: The id that was looked for.
    """

    model_id: str

    def __init__(self, model_id: str) -> None:
        super().__init__(f"no logged model has the id {model_id!r}", model_id=model_id)


class RegisteredModelNotFound(NotFound):
    """No registered model has this name.

    Attributes:
        name: The name that was looked for.
    """

    name: str

    def __init__(self, name: str) -> None:
        super().__init__(f"no registered model has the name {name!r}", name=name)


class ModelVersionNotFound(NotFound):
    """A registered model has no such version, or is not there itself.

    Attributes:
        name: Name of the registered model.
        version: The version that was looked for.
    """

    name: str
    version: str

    def __init__(self, name: str, version: str) -> None:
        super().__init__(f"there is no version {version!r} of a registered model {name!r}", name=name, version=version)


class WebhookNotFound(NotFound):
    """There is no such webhook.

    Attributes:
        webhook: The id that was given.
    """

    webhook: str

    def __init__(self, webhook: str) -> None:
        super().__init__(f"no webhook has the id {webhook[:100]!r}", webhook=webhook)


class ModelAliasNotFound(NotFound):
    """A registered model has no such alias.

    Attributes:
        name: Name of the registered model.
        alias: The alias that was looked for.
    """

    code = "INVALID_PARAMETER_VALUE"
    name: str
    alias: str

    def __init__(self, name: str, alias: str) -> None:
        super().__init__(f"the registered model {name!r} has no alias {alias!r}", name=name, alias=alias)


class ArtifactNotFound(NotFound):
    """No artifact has this path.

    Attributes:
        path: The path that was looked for.
    """

    path: str

    def __init__(self, path: str) -> None:
        super().__init__(f"there is no artifact {path!r}", path=path)


class ModelNotFound(NotFound):
    """Nothing is kept where a model is looked for.

    Attributes:
        uri: The URI that was looked for.
    """

    uri: str

    def __init__(self, uri: str, why: str = "") -> None:
        super().__init__(f"there is no model at {uri!r}{why and f': {why}'}", uri=uri)


class ModelArtifactNotFound(NotFound, KeyError):
    """A model's code asks for an artifact that the model was not saved with.

    Attributes:
        name: The name that was looked for.
    """

    name: str

    def __init__(self, name: str, there: Sequence[str] = ()) -> None:
        listed = f"it was saved with {', '.join(map(repr, there))}" if there else "it was saved without any"
        super().__init__(
            f"the model has no artifact {name!r}: {listed}; name each file it needs when you save it: "
            f"artifacts={{{name!r}: 'path/of/the/file'}}",
            name=name,
        )

    def __str__(self) -> str:
        return self.message  # a KeyError would put it in quotes


class ModelSettingNotFound(NotFound, KeyError):
    """A model's script asks for a setting that is not in its ``model_config``.

    Attributes:
        name: The name that was looked for.
    """

    name: str

    def __init__(self, name: str, there: Sequence[str] = ()) -> None:
        super().__init__(
            f"model_config has no {name!r}; it has {', '.join(map(repr, there)) or 'nothing'}",
            name=name,
        )

    def __str__(self) -> str:
        return self.message  # a KeyError would put it in quotes


class EndpointNotFound(NotFound):
    """The server does not serve this path, or not by this method."""

    code = "ENDPOINT_NOT_FOUND"


class MethodNotAllowed(EndpointNotFound):
    """The server serves this path by another method.

    Attributes:
        allowed: The methods by which it does, parted by commas.
    """

    allowed: str

    def __init__(self, message: str, *, allowed: Iterable[str]) -> None:
        super().__init__(message, allowed=", ".join(sorted(allowed)))
