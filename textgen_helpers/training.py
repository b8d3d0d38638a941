"""The loss, and what `fit` calls while it trains."""

import math
import time
from typing import Any

import keras
import tensorflow as tf

from .model import reset_states


def loss(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Return each character's cross-entropy in nats, shape (batch, time).

    `labels` are ids (batch, time), integers; `logits` are floats (batch,
    time, vocab), before the softmax. It is -log p of the right character.
    """
    return keras.losses.sparse_categorical_crossentropy(
        labels, logits, from_logits=True
    )


def nats_to_bits(nats: float) -> float:
    """Return a cross-entropy in bits: one bit is ln 2 = 0.693 nats."""
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


class EpochLines(keras.callbacks.Callback):
    """Print one line per epoch, and before that how far the epoch is.

    The moving line overwrites itself, so only the finished lines are stored
    in a notebook.
    """

    REFRESH = 2.0  # seconds between two states of the moving line

    def on_train_begin(self, logs: Any = None) -> None:
        """Note how long the text of a finished line will be."""
        self._next = time.monotonic() + self.REFRESH

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Say where in the epoch the training is."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self.REFRESH
        self._write(f"batch {batch + 1}/{self.params['steps']}", logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember the epoch's number, counted from 1."""
        self._epoch = epoch + 1

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Leave the epoch's line standing."""
        self._write("", logs)
        print(flush=True)

    def _write(self, progress: str, logs: dict[str, float]) -> None:
        line = f"Epoch {self._epoch}/{self.params['epochs']}: "
        line += f"{progress} loss {logs['loss']:.4f}".strip()
        if not progress and "val_loss" in logs:
            line += f", held-out {logs['val_loss']:.4f} nats"
            line += f" = {nats_to_bits(logs['val_loss']):.2f} bits"
        print(f"\r{line:<64}", end="", flush=True)
