"""Libraries that log through MLflow train something small, and log it to whatever server the address names."""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import lightning
import mlflow  # type: ignore[import-not-found]  # the libraries are in an environment of their own
import optuna  # type: ignore[import-not-found]  # as above
import torch
import transformers
from lightning.pytorch.loggers import MLFlowLogger
from mlflow import MlflowClient
from optuna.integration import MLflowCallback  # type: ignore[import-not-found]  # as above

warnings.simplefilter("ignore")
seen: dict[str, Any] = {}
client = MlflowClient()


def runs_of(name: str) -> list[Any]:
    """The runs of an experiment, the first first."""
    experiment = client.get_experiment_by_name(name)
    return list(client.search_runs([experiment.experiment_id], order_by=["start_time ASC"]))


# Optuna: a run for each trial.
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(study_name="parabola", sampler=optuna.samplers.RandomSampler(seed=1))
callback = MLflowCallback(tracking_uri=mlflow.get_tracking_uri(), metric_name="height")
study.optimize(lambda trial: trial.suggest_float("x", -1, 1) ** 2, n_trials=4, callbacks=[callback])
trials = runs_of("parabola")
seen["optuna"] = {
    "runs": len(trials),
    "best": min(run.data.metrics["height"] for run in trials) == study.best_value,
    "params": all("x" in run.data.params for run in trials),
    "states": sorted({run.info.status for run in trials}),
}


class Line(lightning.LightningModule):  # type: ignore[misc]  # its base is not known here
    """A line through some points."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.save_hyperparameters({"width": 1})

    def training_step(self, batch: Any, _: int) -> Any:
        """The loss of a batch."""
        loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
        self.log("loss", loss)
        return loss

    def configure_optimizers(self) -> Any:
        """Plain gradient descent."""
        return torch.optim.SGD(self.parameters(), lr=0.1)


# Lightning: a curve, parameters, and how it ended.
points = torch.linspace(-1, 1, 32)[:, None]
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(points, 2 * points), batch_size=8)
logger = MLFlowLogger(experiment_name="line", tracking_uri=mlflow.get_tracking_uri())
trainer = lightning.Trainer(
    max_epochs=3,
    logger=logger,
    log_every_n_steps=1,
    enable_progress_bar=False,
    enable_checkpointing=False,
    enable_model_summary=False,
    accelerator="cpu",
)
trainer.fit(Line(), loader)
[line] = runs_of("line")
seen["lightning"] = {
    "points": len(client.get_metric_history(line.info.run_id, "loss")),
    "params": dict(line.data.params),
    "status": line.info.status,
}


class Words(torch.utils.data.Dataset):  # type: ignore[misc]  # as above
    """Sixteen sentences of random words, each with a label."""

    def __len__(self) -> int:
        return 16

    def __getitem__(self, index: int) -> dict[str, Any]:
        words = torch.randint(0, 50, (8,), generator=torch.Generator().manual_seed(index))
        return {"input_ids": words, "attention_mask": torch.ones_like(words), "labels": torch.tensor(index % 2)}


# Transformers: a model that is made here, so that nothing is fetched.
mlflow.set_experiment("words")
config = transformers.BertConfig(
    vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
)
arguments = transformers.TrainingArguments(
    output_dir="words",
    num_train_epochs=2,
    per_device_train_batch_size=8,
    logging_steps=1,
    report_to=["mlflow"],
    save_strategy="no",
    disable_tqdm=True,
    use_cpu=True,
)
transformers.Trainer(transformers.BertForSequenceClassification(config), arguments, train_dataset=Words()).train()
mlflow.end_run()
[words] = runs_of("words")
seen["transformers"] = {
    "points": len(client.get_metric_history(words.info.run_id, "loss")),
    "params": len(words.data.params) > 50,
    "status": words.info.status,
}

Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
