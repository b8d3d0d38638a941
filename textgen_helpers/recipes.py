"""Recipes: sizes and plans of training, chosen by held-out text alone."""

from dataclasses import replace

import keras

from .model import build_model
from .settings import Settings
from .training import loss

ONE_MINUTE = Settings(
    profile="one-minute",
    corpus="sample",
    seq_length=32,
    batch_size=16,
    embedding_dim=64,
    rnn_units=192,
    learning_rate=1e-2,
    epochs=10,
    dropout=0.25,
    weight_decay=0.1,
)
THREE_MINUTES = Settings(
    profile="three-minutes",
    corpus="shakespeare",
    seq_length=64,
    batch_size=32,
    embedding_dim=128,
    rnn_units=512,
    learning_rate=4e-3,
    epochs=4,
    weight_decay=0.1,
)
TWENTY_MINUTES = replace(
    THREE_MINUTES,
    profile="twenty-minutes",
    rnn_layers=2,
    dropout=0.4,
    learning_rate=3e-3,
    epochs=12,
)
RECIPES = {
    recipe.profile: recipe
    for recipe in (ONE_MINUTE, THREE_MINUTES, TWENTY_MINUTES)
}
"""By name; the minutes are those of two processor cores."""

WARMUP, FLOOR = 20, 0.02  # steps, and the part of the rate that is left at last


def recipe_for(settings: Settings) -> Settings:
    """Return the recipe of the notebooks, with the profile and the text asked.

    The quick profile trains by the first recipe, the full one by the second.
    """
    recipe = ONE_MINUTE if settings.profile == "quick" else THREE_MINUTES
    return replace(recipe, profile=settings.profile, corpus=settings.corpus)


def planned_adam(recipe: Settings, steps: int) -> keras.optimizers.AdamW:
    """Return Adam for a training of so many steps in all epochs together.

    The rate rises to `recipe.learning_rate` and falls along a cosine
    (Loshchilov and Hutter, 2017); gradients are clipped to a norm of 1
    (Pascanu et al., 2013); weights decay apart from them (Loshchilov and
    Hutter, 2019). With a `beta_2` below the default of 0.999 the steps' sizes
    follow the gradients sooner, as a short training needs.
    """
    warmup = min(WARMUP, steps // 5)
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / WARMUP,
        decay_steps=steps - warmup,
        alpha=FLOOR,
        warmup_target=recipe.learning_rate,
        warmup_steps=warmup,
    )
    return keras.optimizers.AdamW(
        schedule, recipe.weight_decay, beta_2=0.99, global_clipnorm=1.0
    )


def recipe_model(
    recipe: Settings, vocab_size: int, steps: int, *, stateful: bool = True
) -> keras.Sequential:
    """Return a compiled model that is the same each time, to be trained.

    `steps` is the number of batches in an epoch.
    """
    keras.utils.set_random_seed(0)
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
    model.compile(planned_adam(recipe, recipe.epochs * steps), loss=loss)
    return model
