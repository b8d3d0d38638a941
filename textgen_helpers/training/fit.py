"""The loss, and what `fit` calls while it trains."""

import math
import time
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf

from ..model.build import reset_states
from .duration import announce_training

Costs = TypeVar("Costs", float, np.ndarray)


@keras.saving.register_keras_serializable("textgen_helpers")
def loss(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Compute what each character costs: its cross-entropy.

    It is minus the natural logarithm of the probability that the model gave
    to the right character.

    Args:
        labels: Ids of the right characters, integers (batch, time).
        logits: The model's numbers before the softmax, floats (batch, time,
            vocab).

    Returns:
        Nats, float (batch, time).

    Example:
        >>> labels, logits = np.array([[0]]), np.array([[[0.0, 0.0]]])
        >>> print(np.round(tg.loss(labels, logits), 4))
        [[0.6931]]

    Notebook 3 writes it in a cell.
    """
    return keras.losses.sparse_categorical_crossentropy(
        labels, logits, from_logits=True
    )


def nats_to_bits(nats: Costs) -> Costs:
    """Convert cross-entropies: one bit is ln 2 = 0.693 nats.

    Args:
        nats: A number or an array of numbers.

    Returns:
        The same in bits.

    Example:
        >>> round(tg.nats_to_bits(0.6931), 3)
        1.0
    """
    return nats / math.log(2)


def check_loss(mean_loss: float) -> None:
    """Raise ValueError if a training has failed: its loss is no number."""
    if not math.isfinite(mean_loss):
        raise ValueError(
            f"The loss is {mean_loss}, so the training has failed. Most often "
            "the learning rate is too high: divide it by 10, and train again."
        )


class ResetStates(keras.callbacks.Callback):
    """Empty the state before each epoch, and before each measurement.

    Both start at the beginning of a text, but `fit` itself never resets.

    Example:
        `model.fit(batches, callbacks=[tg.ResetStates()], shuffle=False)`
    """

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start an epoch with an empty state."""
        reset_states(self.model)

    def on_test_begin(self, logs: Any = None) -> None:
        """Start a measurement with an empty state."""
        reset_states(self.model)


class EpochTimer(keras.callbacks.Callback):
    """Add to an epoch's logs how long its steps took, measurements left out."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._start = self._stop = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the time, in case this was the last step."""
        self._stop = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the seconds to what other callbacks see."""
        logs["seconds"] = self._stop - self._start


class EpochLogger(keras.callbacks.Callback):
    """Print how long a training takes, and a line for each epoch.

    While an epoch runs, a moving line says how far it is, and how long the
    training still takes if it is longer than announced. That line overwrites
    itself, so a notebook stores finished lines alone.

    Args:
        batches: What the model is trained on.

    Example:
        `model.fit(batches, callbacks=[tg.EpochLogger(batches)], verbose=0)`
    """

    REFRESH = 2.0  # seconds between two states of the moving line

    def __init__(self, batches: tf.data.Dataset) -> None:
        """Keep what is needed to say how long a training takes."""
        super().__init__()
        self._batches = batches

    def on_train_begin(self, logs: Any = None) -> None:
        """Wait for the first epoch: `fit` tells its number only then."""
        self._first: int | None = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Name the epoch, counted from 1; announce the time at the first."""
        epochs = self.params["epochs"]
        if self._first is None:
            self._first = epoch
            self._announced = announce_training(
                self.model, self._batches, epochs - epoch
            )
        self._name = f"Epoch {epoch + 1}/{epochs}:"
        self._done = epoch - self._first
        self._start = self._last_shown = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Say where in the epoch the training is."""
        if time.monotonic() > self._last_shown + self.REFRESH:
            self._last_shown = time.monotonic()
            steps = self.params["steps"]
            line = f"batch {batch + 1}/{steps}, loss {logs['loss']:.4f}"
            late = self._announced.late(self._done + (batch + 1) / steps)
            self._write(line + late)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Print the epoch's final line."""
        line = f"loss {logs['loss']:.4f}"
        validation = logs.get("val_loss")
        if validation is not None:
            bits = nats_to_bits(validation)
            line += f", validation {validation:.4f} nats = {bits:.2f} bits"
        self._write(f"{line}, {time.monotonic() - self._start:.1f} s")
        print(flush=True)

    def _write(self, line: str) -> None:
        """Overwrite the line."""
        print(f"\r{'':79}\r{self._name} {line}", end="", flush=True)
