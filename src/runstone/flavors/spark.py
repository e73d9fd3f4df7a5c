"""Models of Spark ML, as the folder that Spark itself writes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from runstone.errors import InvalidValue, Unsupported
from runstone.flavors import libraries
from runstone.flavors.base import Predict, Saved

_FOLDER = "sparkml"
# A session that is started here has one thread, and nothing outside of this machine reaches it.
_ALONE = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class SparkFlavor:
    """Keeps fitted pipelines of Spark ML, and their stages."""

    name: ClassVar[str] = "spark"
    argument: ClassVar[str] = "spark_model"
    loader_module: ClassVar[str] = "mlflow.spark"
    modules: ClassVar[tuple[str, ...]] = ("pyspark",)

    def accepts(self, model: object) -> bool:
        """Whether it is a model, or another transformer, of Spark ML."""
        return libraries.is_a(model, "pyspark.ml.base.Transformer")

    def save(self, model: Any, folder: Path) -> Saved:
        """Write ``sparkml``, a folder; a model that is no pipeline becomes one of one stage.

        Raises:
            InvalidValue: It is none of Spark ML or not fitted, or Spark cannot write it.
        """
        if not self.accepts(model):
            hint = "; call fit first" if libraries.is_a(model, "pyspark.ml.base.Estimator") else ""
            raise InvalidValue(
                f"spark_model is a fitted model of pyspark.ml; got a {libraries.class_name(type(model))}{hint}"
            )
        pipelines = libraries.imported("pyspark.ml.pipeline", install="pyspark")
        kept = model if isinstance(model, pipelines.PipelineModel) else pipelines.PipelineModel([model])
        try:
            kept.write().save(_address(folder / _FOLDER))
        except Exception as error:
            raise InvalidValue(f"spark cannot write the model: {error}") from error
        flavor = {
            "code": None,
            "model_class": libraries.class_name(pipelines.PipelineModel),
            "model_data": _FOLDER,
            "pyspark_version": libraries.imported("pyspark", install="pyspark").__version__,
        }
        return Saved(flavor=flavor, pyfunc={"data": _FOLDER}, takes_params=False)

    def runs_code(self, settings: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Always: the files say which classes are made, and may hold SQL."""
        return "Spark makes whatever classes its files name, and runs the SQL among its stages"

    def load(self, folder: Path, settings: Mapping[str, Any]) -> Any:
        """The ``PipelineModel``; starts Spark on this machine if the process has no session.

        Raises:
            InvalidModel: The folder cannot be read.
            Unsupported: Spark, or Java, is not installed.
        """
        libraries.imported("pyspark", install="pyspark")
        pipelines = libraries.imported("pyspark.ml.pipeline", install="pyspark")
        place = libraries.file_of(folder, settings, "model_data", _FOLDER)
        _session()
        with libraries.reading(place, "spark"):
            return pipelines.PipelineModel.load(_address(place))

    def predictor(self, model: Any, settings: Mapping[str, Any]) -> Predict:  # noqa: ARG002
        """Gives a list: of each row of a frame the column ``prediction``, or else what the last stage writes."""
        import pandas

        def predict(rows: Any, params: dict[str, Any] | None) -> Any:  # noqa: ARG001 - a model of Spark has none
            if not isinstance(rows, pandas.DataFrame):
                raise InvalidValue(
                    f"a model of Spark takes a frame of pandas; got a {libraries.class_name(type(rows))}"
                )
            answers = model.transform(_with_vectors(model, _session().createDataFrame(rows)))
            column = "prediction" if "prediction" in answers.columns else _written(model)
            return [answer[column] for answer in answers.select(column).collect()]

        return predict


def _stages(model: Any) -> list[Any]:
    return list(model.stages) if libraries.is_a(model, "pyspark.ml.pipeline.PipelineModel") else [model]


def _with_vectors(model: Any, rows: Any) -> Any:
    """The rows, with vectors of Spark where a stage wants them and a frame of pandas has lists."""
    functions = libraries.imported("pyspark.ml.functions", install="pyspark")
    wanted = {stage.getFeaturesCol() for stage in _stages(model) if stage.hasParam("featuresCol")}
    lists = {name for name, kind in rows.dtypes if kind.startswith("array<")}
    return rows.withColumns({name: functions.array_to_vector(rows[name]) for name in sorted(wanted & lists)})


def _written(model: Any) -> str:
    last = _stages(model)[-1]
    for param in ("predictionCol", "outputCol"):
        if last.hasParam(param):
            return str(last.getOrDefault(param))
    raise InvalidValue(
        f"{libraries.class_name(type(last))}, the last stage, has no column of predictions; "
        "use what spark.load_model gives"
    )


def _address(place: Path) -> str:
    return f"file://{place.resolve()}"  # a bare path would be one of the cluster's own file system


def _session() -> Any:
    """The session of the process, started if there is none.

    Raises:
        Unsupported: Java cannot be started.
    """
    sql = libraries.imported("pyspark.sql", install="pyspark")
    if (active := sql.SparkSession.getActiveSession()) is not None:
        return active
    try:
        return sql.SparkSession.builder.master("local[1]").config(map=_ALONE).getOrCreate()
    except Exception as error:  # pragma: no cover - in the test, a process of its own comes here
        if "JAVA_GATEWAY_EXITED" not in str(error):
            raise
        version = libraries.imported("pyspark", install="pyspark").__version__
        raise Unsupported(
            f"Spark {version} could not start Java, which it runs in: install a Java that this Spark supports, and let "
            "JAVA_HOME name its folder; what Java said stands above"
        ) from error
