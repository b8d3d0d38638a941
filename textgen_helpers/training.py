"""The loss, and what `fit` calls while it trains."""

import math
import time
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf

from .model import reset_states

Costs = TypeVar("Costs", float, np.ndarray)


def loss(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return each character's cross-entropy in nats, shape (batch, time).

    `labels` are ids (batch, time), integers; `logits` are floats (batch,
    time, vocab), before the softmax. It is -log p of the right character.
    """
    return keras.losses.sparse_categorical_crossentropy(
        labels, logits, from_logits=True
    )


def nats_to_bits(nats: Costs) -> Costs:
    """Return cross-entropies in bits: one bit is ln 2 = 0.693 nats."""
    return nats / math.log(2)


class ResetStates(keras.callbacks.Callback):
    """Forget the state before each epoch and each measurement.

    Both start at the beginning of a text; `fit` itself never resets.
    """

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start an epoch with an empty state."""
        reset_states(self.model)

    def on_test_begin(self, logs: Any = None) -> None:
        """Start a measurement with an empty state."""
        reset_states(self.model)


class TrainingSeconds(keras.callbacks.Callback):
    """Add to an epoch's logs how long its steps took, measurements left out."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._start = self._stop = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the time, in case that this was the last step."""
        self._stop = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add the time between the two to what other callbacks see."""
        logs["seconds"] = self._stop - self._start


class EpochLines(keras.callbacks.Callback):
    """Print one line per epoch, and before that how far the epoch is.

    The moving line overwrites itself, so only the finished lines are stored
    in a notebook.
    """

    REFRESH = 2.0  # seconds between two states of the moving line

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Name the epoch, counted from 1."""
        self._name = f"Epoch {epoch + 1}/{self.params['epochs']}:"
        self._shown = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Say where in the epoch the training is."""
        if time.monotonic() > self._shown + self.REFRESH:
            self._shown = time.monotonic()
            self._write(f"batch {batch + 1}/{self.params['steps']}, ", logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Leave the epoch's line standing."""
        self._write("", logs)
        held_out = logs.get("val_loss")
        if held_out is not None:
            print(f", held-out {held_out:.4f} nats", end="")
            print(f" = {nats_to_bits(held_out):.2f} bits", end="")
        print(flush=True)

    def _write(self, where: str, logs: dict[str, float]) -> None:
        line = f"{self._name} {where}loss {logs['loss']:.4f}"
        print(f"\r{'':50}\r{line}", end="", flush=True)
