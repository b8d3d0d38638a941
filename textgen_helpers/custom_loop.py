"""Training without `fit`: every step of it in sight."""

import time
from collections.abc import Callable
from pathlib import Path

import keras
import tensorflow as tf

from .checkpoints import save_checkpoint
from .model import reset_states
from .settings import Settings
from .training import loss
from .vocabulary import Vocabulary

SAVE_EVERY = 5  # epochs between two checkpoints
REPORT_EVERY = 100  # batches between two printed lines


def make_train_step(
    model: keras.Sequential, optimizer: keras.optimizers.Optimizer
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Return a compiled function that makes one step of training.

    It takes inputs and targets, ids of shape (batch, time), moves the
    weights once, and returns the mean loss from before, a float in nats.
    """
    optimizer.build(model.trainable_variables)

    @tf.function
    def train_step(inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = model(inputs, training=True)
            mean_loss = tf.reduce_mean(loss(targets, logits))
        grads = tape.gradient(mean_loss, model.trainable_variables)
        pairs = zip(grads, model.trainable_variables, strict=True)
        optimizer.apply_gradients(pairs)
        return mean_loss

    return train_step


def train(
    model: keras.Sequential,
    batches: tf.data.Dataset,
    epochs: int,
    *,
    optimizer: keras.optimizers.Optimizer | None = None,
    checkpoint_dir: Path | None = None,
    vocabulary: Vocabulary | None = None,
    settings: Settings | None = None,
) -> dict[str, list[float]]:
    """Train a model, and return each epoch's mean loss (nats) and seconds.

    Each epoch starts with an empty state. Adam with its defaults is used
    unless an `optimizer` is given. With a `checkpoint_dir`, every fifth epoch
    and the last are saved there, with `vocabulary` and `settings`.

    Raises ValueError for less than one epoch, without a single batch, and for
    a `checkpoint_dir` without the other two.
    """
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, but is {epochs}.")
    if checkpoint_dir and not (vocabulary and settings):
        raise ValueError(
            "A checkpoint holds the vocabulary and the settings: give both "
            "to train, or leave checkpoint_dir out."
        )
    train_step = make_train_step(model, optimizer or keras.optimizers.Adam())
    history: dict[str, list[float]] = {"loss": [], "seconds": []}
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        reset_states(model)
        mean_loss = _run_epoch(train_step, batches, epoch)
        seconds = time.perf_counter() - start
        history["loss"].append(mean_loss)
        history["seconds"].append(seconds)
        print(f"Epoch {epoch} Loss {mean_loss:.4f} ({seconds:.1f} s)")
        due = epoch % SAVE_EVERY == 0 or epoch == epochs
        if due and checkpoint_dir and vocabulary and settings:
            save_checkpoint(model, epoch, checkpoint_dir, vocabulary, settings)
    return history


def _run_epoch(
    train_step: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    batches: tf.data.Dataset,
    epoch: int,
) -> float:
    """Train on all batches, and return the mean of their losses."""
    mean = keras.metrics.Mean()
    for batch, (inputs, targets) in enumerate(batches):
        batch_loss = train_step(inputs, targets)
        mean.update_state(batch_loss)
        if batch % REPORT_EVERY == 0:
            print(f"Epoch {epoch} Batch {batch} Loss {batch_loss:.4f}")
    if not int(mean.count):
        raise ValueError("There is no batch to train on: take a longer text.")
    return float(mean.result())
