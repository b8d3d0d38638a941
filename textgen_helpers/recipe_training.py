"""Training by a recipe: saved each epoch, and resumed where it stopped."""

import csv
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from .batches import stream_batches
from .checkpoints import (
    epoch_of,
    list_checkpoints,
    load_checkpoint,
    read_checkpoint,
    save_checkpoint,
)
from .recipes import recipe_model
from .settings import Settings
from .training import EpochLines, ResetStates, TrainingSeconds
from .vocabulary import Vocabulary

HISTORY = "history.csv"


def train_recipe(
    recipe: Settings,
    vocabulary: Vocabulary,
    train_ids: np.ndarray,
    held_out_ids: np.ndarray,
    *,
    verbose: int = 0,
) -> Path:
    """Train by a recipe, and return the checkpoint of its last epoch.

    All ids are int32 (characters,), and read in streams. Each epoch is saved
    in the recipe's `checkpoint_dir`, its losses and seconds in `history.csv`
    there. What is there already is not trained again: a training may be
    stopped at any time, and goes on after its last finished epoch. `verbose`
    is Keras's; with 0 a line for each epoch is printed. Raises as
    `read_checkpoint` and `stream_batches` do.
    """
    last = _last_checkpoint(recipe, vocabulary)
    if last and epoch_of(last) == recipe.epochs:
        return last
    sizes = (recipe.seq_length, recipe.batch_size)
    batches = stream_batches(train_ids, *sizes)
    model = recipe_model(recipe, len(vocabulary), len(batches))
    done = load_checkpoint(model, vocabulary, last) if last else 0
    saved: list[Path] = []
    table = _table(recipe, append=done > 0)
    callbacks = [ResetStates(), TrainingSeconds(), table]
    callbacks.append(_saver(model, recipe, vocabulary, saved))
    try:
        model.fit(
            batches,
            initial_epoch=done,
            epochs=recipe.epochs,
            validation_data=stream_batches(held_out_ids, *sizes),
            callbacks=callbacks if verbose else [*callbacks, EpochLines()],
            shuffle=False,
            verbose=verbose,
        )
    finally:
        table.on_train_end()  # closes its file, also after Ctrl-C
    return saved[-1]


def read_history(recipe: Settings) -> dict[str, list[float]]:
    """Return each epoch's "loss", "val_loss" (nats) and "seconds"."""
    with (recipe.checkpoint_dir / HISTORY).open(encoding="utf-8") as file:
        rows = {row["epoch"]: row for row in csv.DictReader(file)}
    names = ("loss", "val_loss", "seconds")
    return {n: [float(row[n]) for row in rows.values()] for n in names}


def _last_checkpoint(recipe: Settings, vocabulary: Vocabulary) -> Path | None:
    """Return the last checkpoint of just this training, if there is one."""
    wanted = {"vocabulary": vocabulary.characters, "settings": asdict(recipe)}
    for path in reversed(list_checkpoints(recipe.checkpoint_dir)):
        if wanted.items() <= read_checkpoint(path).items():
            return path
    return None


def _table(recipe: Settings, append: bool) -> keras.callbacks.Callback:
    """Return what writes an epoch's numbers to a file."""
    recipe.checkpoint_dir.mkdir(parents=True, exist_ok=True)
    return keras.callbacks.CSVLogger(
        recipe.checkpoint_dir / HISTORY, append=append
    )


def _saver(
    model: keras.Sequential,
    recipe: Settings,
    vocabulary: Vocabulary,
    saved: list[Path],
) -> keras.callbacks.Callback:
    """Return what saves the model after each epoch, and notes where."""

    def save(epoch: int, logs: dict[str, float]) -> None:
        asked = (recipe.checkpoint_dir, vocabulary, recipe)
        saved.append(save_checkpoint(model, epoch + 1, *asked))

    return keras.callbacks.LambdaCallback(on_epoch_end=save)
