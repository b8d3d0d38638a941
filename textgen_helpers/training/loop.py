"""Training without `fit`: every step of it is visible."""

import time
from collections.abc import Callable
from pathlib import Path

import keras
import tensorflow as tf

from ..model.build import reset_states
from ..model.checkpoints import save_checkpoint
from ..settings import Settings
from ..text.vocabulary import Vocabulary
from .duration import announce_training
from .fit import check_loss, loss

SAVE_EVERY = 5  # epochs between two checkpoints
REPORT_EVERY = 100  # batches between two printed lines

TrainStep = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def make_train_step(
    model: keras.Sequential, optimizer: keras.optimizers.Optimizer
) -> TrainStep:
    """Compile one step of training.

    Args:
        model: A model of `build_model`.
        optimizer: What changes the weights.

    Returns:
        A function of inputs and targets, ids (batch, time). It changes the
        weights once and returns the mean loss before that, a float in nats.

    Example:
        >>> model = tg.build_model(65, 4, 8, batch_size=2)
        >>> train_step = tg.make_train_step(model, keras.optimizers.Adam())
        >>> ids = np.zeros((2, 3), "int32")
        >>> train_step(ids, ids).shape
        TensorShape([])

    Notebook 5 writes it in a cell.
    """
    optimizer.build(model.trainable_variables)

    @tf.function
    def train_step(inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            logits = model(inputs, training=True)
            mean_loss = tf.reduce_mean(loss(targets, logits))
        grads = tape.gradient(mean_loss, model.trainable_variables)
        optimizer.apply_gradients(
            zip(grads, model.trainable_variables, strict=True)
        )
        return mean_loss

    return train_step


def train(
    model: keras.Sequential,
    batches: tf.data.Dataset,
    epochs: int,
    *,
    optimizer: keras.optimizers.Optimizer | None = None,
    initial_epoch: int = 0,
    checkpoint_dir: Path | None = None,
    vocabulary: Vocabulary | None = None,
    settings: Settings | None = None,
) -> dict[str, list[float]]:
    """Train a model in a loop, and print how long it takes and how it goes.

    Each epoch begins with an empty state.

    Args:
        model: A model of `build_model`.
        batches: Inputs and targets, ids (batch, time).
        epochs: The epoch to end with, counted from 1.
        optimizer: What changes the weights. None: Adam with its defaults.
        initial_epoch: Epochs that are done already, as `load_checkpoint`
            returns them. Shuffled batches then begin with the order of the
            first epoch again; streams have one order.
        checkpoint_dir: Folder where each fifth epoch and the last one are
            saved, with the optimizer. None: nothing is saved.
        vocabulary: Goes into the checkpoints.
        settings: Go into the checkpoints.

    Returns:
        "loss", the mean of each epoch in nats, and "seconds" of each epoch.

    Raises:
        ValueError: There is no epoch or no batch to train, a
            `checkpoint_dir` without vocabulary and settings, or a loss that
            is no number any more.

    Example:
        `history = tg.train(model, batches, epochs=10)`

    Notebook 5 writes it in a cell.
    """
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, but is {epochs}.")
    if checkpoint_dir and not (vocabulary and settings):
        raise ValueError(
            "A checkpoint holds the vocabulary and the settings: give both "
            "to train, or leave checkpoint_dir out."
        )
    optimizer = optimizer or keras.optimizers.Adam()
    train_step = make_train_step(model, optimizer)
    history: dict[str, list[float]] = {"loss": [], "seconds": []}
    announced = announce_training(model, batches, epochs - initial_epoch)
    for epoch in range(initial_epoch + 1, epochs + 1):
        start = time.perf_counter()
        reset_states(model)
        mean_loss = _run_epoch(train_step, batches, epoch)
        check_loss(mean_loss)
        seconds = time.perf_counter() - start
        history["loss"].append(mean_loss)
        history["seconds"].append(seconds)
        late = announced.late(epoch - initial_epoch)
        print(f"Epoch {epoch} Loss {mean_loss:.4f} ({seconds:.1f} s){late}")
        is_due = epoch % SAVE_EVERY == 0 or epoch == epochs
        if is_due and checkpoint_dir and vocabulary and settings:
            save_checkpoint(
                model,
                epoch,
                checkpoint_dir,
                vocabulary,
                settings,
                optimizer=optimizer,
            )
    return history


def _run_epoch(
    train_step: TrainStep, batches: tf.data.Dataset, epoch: int
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
