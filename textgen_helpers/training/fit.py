"""The loss, and what `fit` calls while it trains."""

import math
import time
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf

from ..model.build import reset_states

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
    """Print one line for each epoch, and while it runs, how far it is.

    The moving line overwrites itself, so a notebook stores finished lines
    alone.

    Example:
        `model.fit(batches, callbacks=[tg.EpochLogger()], verbose=0)`
    """

    REFRESH = 2.0  # seconds between two states of the moving line

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Name the epoch, counted from 1."""
        self._name = f"Epoch {epoch + 1}/{self.params['epochs']}:"
        self._last_shown = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Say where in the epoch the training is."""
        if time.monotonic() > self._last_shown + self.REFRESH:
            self._last_shown = time.monotonic()
            self._write(f"batch {batch + 1}/{self.params['steps']}, ", logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Print the epoch's final line."""
        self._write("", logs)
        held_out = logs.get("val_loss")
        if held_out is not None:
            print(f", held-out {held_out:.4f} nats", end="")
            print(f" = {nats_to_bits(held_out):.2f} bits", end="")
        print(flush=True)

    def _write(self, position: str, logs: dict[str, float]) -> None:
        """Overwrite the line with the name, the position and the loss."""
        line = f"{self._name} {position}loss {logs['loss']:.4f}"
        print(f"\r{'':50}\r{line}", end="", flush=True)
