"""Recipes: sizes and schedules of training, and a training by one of them.

They were chosen by their loss on text that they had not read.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ..model.build import build_model, seeded_layers
from ..model.checkpoints import (
    describe_training,
    epoch_of,
    load_checkpoint,
    read_checkpoint,
    save_checkpoint,
    undamaged_checkpoints,
)
from ..settings import ONE_MINUTE, THREE_MINUTES, TWENTY_MINUTES, Settings
from ..text.batches import stream_batches
from ..text.disk import EncodedText
from ..text.vocabulary import Vocabulary
from .fit import EpochLogger, EpochTimer, ResetStates, check_loss, loss

RECIPES = {
    recipe.profile: recipe
    for recipe in (ONE_MINUTE, THREE_MINUTES, TWENTY_MINUTES)
}
"""By name. The minutes are those of two cores with fast 16-bit products."""

FIRST_LR_RATIO = 0.05  # the first learning rate, as a fraction of the highest
MIN_LR_RATIO = 0.02  # the last learning rate, as a fraction of the highest


def recipe_for(settings: Settings) -> Settings:
    """Return the recipe that the notebooks use in a profile.

    Args:
        settings: What `begin_lesson` returned.

    Returns:
        The one-minute recipe for the quick profile, the three-minutes recipe
        for the full one, with the text, the number format and the folder of
        the settings.

    Example:
        `recipe = tg.recipe_for(settings)`
    """
    recipe = ONE_MINUTE if settings.profile == "quick" else THREE_MINUTES
    return replace(
        recipe,
        profile=settings.profile,
        corpus=settings.corpus,
        dtype=settings.dtype,
        checkpoint_dir=settings.checkpoint_dir,
    )


def make_optimizer(recipe: Settings, steps: int) -> keras.optimizers.AdamW:
    """Return the optimizer for a training of so many steps in all its epochs.

    The rate rises to `recipe.learning_rate` and falls along a cosine
    (Loshchilov and Hutter, 2017); gradients are clipped to a norm of 1
    (Pascanu et al., 2013); weights decay apart from them (Loshchilov and
    Hutter, 2019). With a `beta_2` below the default of 0.999 the size of a
    step follows the gradients sooner, as a short training needs.
    """
    warmup = min(recipe.warmup_steps, steps // 5)
    schedule = keras.optimizers.schedules.CosineDecay(
        FIRST_LR_RATIO * recipe.learning_rate,
        decay_steps=steps - warmup,
        alpha=MIN_LR_RATIO,
        warmup_target=recipe.learning_rate,
        warmup_steps=warmup,
    )
    return keras.optimizers.AdamW(
        schedule, recipe.weight_decay, beta_2=0.99, global_clipnorm=1.0
    )


def compiled_model(
    recipe: Settings,
    vocab_size: int,
    steps: int,
    *,
    stateful: bool = True,
    seed: int = 0,
) -> keras.Sequential:
    """Build a recipe's model, and compile it for `fit`.

    The first weights and the dropout are the same each time. Random numbers
    elsewhere are not touched.

    Args:
        recipe: Sizes and rates.
        vocab_size: Number of different characters.
        steps: Number of batches in an epoch.
        stateful: Whether the state is carried from batch to batch.
        seed: Another one gives other first weights, and another dropout.

    Returns:
        A model that is ready to be trained.

    Example:
        `model = tg.compiled_model(recipe, len(vocabulary), len(batches))`
    """
    with seeded_layers(seed):
        model = build_model(
            vocab_size,
            recipe.embedding_dim,
            recipe.rnn_units,
            recipe.batch_size,
            rnn_layers=recipe.rnn_layers,
            dropout=recipe.dropout,
            stateful=stateful,
            dtype=recipe.dtype,
        )
    model.compile(make_optimizer(recipe, recipe.epochs * steps), loss=loss)
    # Otherwise `fit` records its first step twice.
    model.optimizer.build(model.trainable_variables)
    return model


def train_recipe(
    recipe: Settings,
    vocabulary: Vocabulary,
    train_ids: np.ndarray | EncodedText,
    validation_ids: np.ndarray | EncodedText,
    *,
    verbose: int = 0,
) -> Path:
    """Train by a recipe, or go on where the same training was interrupted.

    Each epoch is saved in `recipe.checkpoint_dir`. What has been trained with
    the same recipe on the same text is not trained again.

    Args:
        recipe: Sizes and rates, the number format and the folder.
        vocabulary: The vocabulary of both texts.
        train_ids: Text to train on, int32 (characters,), or a text on disk.
        validation_ids: Text to measure on after each epoch.
        verbose: As in Keras's `fit`; with 0, a line is printed for each
            epoch.

    Returns:
        The checkpoint of the last epoch.

    Raises:
        ValueError: A text is too short for a batch, or the loss is no number
            any more. The epochs before are saved.
        OSError: A checkpoint cannot be saved.

    Example:
        `path = tg.train_recipe(recipe, vocabulary, train_ids, validation_ids)`
    """
    training = describe_training(recipe, train_ids)
    last, history = interrupted_training(recipe, vocabulary, training)
    done = epoch_of(last) if last else 0
    if last and done == recipe.epochs:
        return last
    batches = stream_batches(train_ids, recipe.seq_length, recipe.batch_size)
    validation = stream_batches(
        validation_ids, recipe.seq_length, recipe.batch_size
    )
    model = compiled_model(recipe, len(vocabulary), len(batches))
    if last:
        load_checkpoint(model, vocabulary, last)
    saved: list[Path] = []

    def save(epoch: int, logs: Mapping[str, float]) -> None:
        check_loss(logs["loss"])
        for name, value in logs.items():
            history.setdefault(name, []).append(float(value))
        path = save_checkpoint(
            model,
            epoch + 1,
            recipe.checkpoint_dir,
            vocabulary,
            recipe,
            train_ids=train_ids,
            history=history,
        )
        saved.append(path)

    callbacks = [
        ResetStates(),
        EpochTimer(),
        keras.callbacks.LambdaCallback(on_epoch_end=save),
    ]
    if not verbose:
        callbacks.append(EpochLogger(batches))
    model.fit(
        batches,
        initial_epoch=done,
        epochs=recipe.epochs,
        validation_data=validation,
        callbacks=callbacks,
        shuffle=False,
        verbose=verbose,
    )
    return saved[-1]


def interrupted_training(
    recipe: Settings, vocabulary: Vocabulary, training: Mapping[str, Any]
) -> tuple[Path | None, dict[str, list[float]]]:
    """Return the last checkpoint of just this training, and its history.

    `training` is what `describe_training` gives. Without a checkpoint, None
    and an empty history. A damaged file is named and passed over.
    """
    for path, description in undamaged_checkpoints(recipe.checkpoint_dir):
        is_same_text = description["vocabulary"] == vocabulary.characters
        if is_same_text and description["training"] == training:
            return path, description["history"]
    return None, {}


def read_history(path: Path) -> dict[str, list[float]]:
    """Return the "loss", "val_loss" (nats) and "seconds" of each epoch."""
    return read_checkpoint(path)["history"]
