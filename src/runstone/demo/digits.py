"""Neural networks that read handwritten digits: curves by epoch, one run that fails."""

import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from runstone.demo import figures
from runstone.demo.losses import log_loss
from runstone.demo.recording import Recorder, Recording

EXPERIMENT = "Handwritten digits"
MISREAD = "misread-digits.png"
_EPOCHS = 30
_BATCH = 64
_SEED = 7
# A network that is right less often than this after so many epochs is given up.
_PATIENCE, _GUESSING = 10, 0.2
_NOTE = """\
Small neural networks that read **handwritten digits**: 1797 images of 8 x 8 pixels that came with scikit-learn.
Three quarters train, one quarter validates; a value is logged after each epoch.
"""


@dataclass(frozen=True, slots=True)
class Network:
    """A network to train.

    Attributes:
        name: Name of its run.
        layers: Neurons of each hidden layer.
        rate: Learning rate.
        solver: Way of optimising.
        remark: Markdown on what it is to show.
    """

    name: str
    layers: tuple[int, ...]
    rate: float
    solver: str
    remark: str


_NETWORKS = (
    Network("16 neurons, patient", (16,), 0.001, "adam", "Few neurons and a low rate: still learning when it stops."),
    Network("64 neurons", (64,), 0.003, "adam", "The plain choice, and hard to beat."),
    Network("128 neurons", (128,), 0.003, "adam", "Twice as wide. Does it pay?"),
    Network("64 + 32 neurons", (64, 32), 0.003, "adam", "A second layer."),
    Network("64 + 32 neurons, hasty", (64, 32), 0.05, "adam", "The same with a high rate: **watch the loss jump**."),
    Network("64 neurons, plain descent", (64,), 0.05, "sgd", "Stochastic gradient descent with momentum."),
    Network(
        "64 neurons, slipped rate",
        (64,),
        1.5,
        "sgd",
        "Somebody slipped on the learning rate: one step throws the weights so far out that the network guesses from "
        "then on. After ten epochs the script gives up with an error, and the run says so: its state is *failed*, and "
        "the traceback is among its artifacts.",
    ),
)


def train(recorder: Recorder) -> str:
    """Train all networks; returns the id of the experiment."""
    digits = load_digits()
    images = digits.data / 16
    parts = train_test_split(images, digits.target, test_size=0.25, stratify=digits.target, random_state=_SEED)
    experiment_id = recorder.experiment(EXPERIMENT, _NOTE)
    for network in _NETWORKS:
        params = {
            "model": "MLPClassifier",
            "layers": " ".join(map(str, network.layers)),
            "learning_rate": network.rate,
            "solver": network.solver,
            "batch_size": _BATCH,
            "epochs": _EPOCHS,
            "seed": _SEED,
        }
        # The failure is the run's own affair, which it has written down; the next one starts all the same.
        with suppress(ValueError), recorder.run(experiment_id, network.name, params=params, note=network.remark) as run:
            _train(run, network, parts)
    return experiment_id


def _train(run: Recording, network: Network, parts: list[Any]) -> None:
    train_images, images, train_digits, digits = parts
    model = MLPClassifier(
        network.layers, solver=network.solver, learning_rate_init=network.rate, batch_size=_BATCH, random_state=_SEED
    )
    chances = np.empty((0, 10))
    for epoch in range(1, _EPOCHS + 1):
        fit_epoch(model, train_images, train_digits)
        chances = model.predict_proba(images)
        accuracy = float(np.mean(chances.argmax(axis=1) == digits))
        losses = {"train_loss": model.loss_, "validation_loss": log_loss(digits, chances)}
        run.metrics({**losses, "validation_accuracy": accuracy}, step=epoch)
        if epoch == _PATIENCE and accuracy < _GUESSING:
            raise ValueError(
                f"after {epoch} epochs {accuracy:.0%} are right: the network guesses; lower the learning rate"
            )
    said = chances.argmax(axis=1)
    names = [str(digit) for digit in range(10)]
    figures.confusion_matrix(run.place("confusion-matrix.png"), confusion_matrix(digits, said), names)
    wrong = np.flatnonzero(said != digits)
    figures.misread(
        run.place(MISREAD), images[wrong].reshape(-1, 8, 8), digits[wrong], said[wrong], chances[wrong].max(axis=1)
    )
    run.json("classification-report.json", classification_report(digits, said, output_dict=True))
    run.model(model, images)


def fit_epoch(model: MLPClassifier, images: figures.Floats, digits: figures.Integers) -> None:
    """Train for one epoch.

    Args:
        model: Trained in place.
        images: float64, shape (n, 64).
        digits: int64, shape (n,).

    Raises:
        KeyboardInterrupt: It came while the weights were moved. scikit-learn turns it into a warning, and would have
            the next epoch follow as if nobody had wanted to stop.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "Training interrupted by user", UserWarning)
        try:
            model.partial_fit(images, digits, classes=range(10))
        except UserWarning:
            raise KeyboardInterrupt from None
