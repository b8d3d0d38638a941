"""What all notebooks together need of a text: its length, and time."""

import keras

from .batches import stream_batches
from .custom_loop import make_train_step
from .machine import milliseconds
from .recipes import recipe_for, recipe_model
from .settings import Settings
from .vocabulary import Vocabulary

_REST = 150  # seconds of a run in which no model is trained


def least_length(settings: Settings) -> int:
    """Return how many characters the notebooks need.

    The held-out tenth has to fill a batch of the recipe's streams, the whole
    text the two batches that notebook 01 shows and a batch of the classic
    recipe's windows.
    """
    recipe = recipe_for(settings)
    streams = 10 * recipe.batch_size * recipe.seq_length + 1  # rounded up
    windows = settings.batch_size * (settings.seq_length + 1)
    return max(streams, windows, 2 * 64 * 100 + 1)


def training_steps(length: int, settings: Settings) -> tuple[int, int]:
    """Return the steps of all training in notebooks 03 and 05.

    The first number is that of the classic recipe, in each of the two; the
    second that of the better one. It trains on streams in both; 03 compares
    streams and two ways of windows over half the epochs; an epoch is resumed,
    and one is clipped.
    """
    window = settings.seq_length + 1
    classic = settings.epochs * (length // window // settings.batch_size)
    recipe = recipe_for(settings)
    batch_size, seq_length = recipe.batch_size, recipe.seq_length
    train = length * 9 // 10
    streams = (train - 1) // batch_size // seq_length
    windows = train // (seq_length + 1) // batch_size
    compared = recipe.epochs // 2 * (streams + 2 * windows)
    return 2 * classic, 2 * (recipe.epochs + 1) * streams + compared


def run_seconds(text: str, settings: Settings) -> float:
    """Return how long all notebooks take here, judged by a few real steps."""
    steps = training_steps(len(text), settings)
    pairs = zip((settings, recipe_for(settings)), steps, strict=True)
    return _REST + sum(n * _step_seconds(text, each) for each, n in pairs)


def _step_seconds(text: str, recipe: Settings) -> float:
    vocabulary = Vocabulary.from_text(text)
    model = recipe_model(recipe, len(vocabulary), steps=1)
    train_step = make_train_step(model, keras.optimizers.Adam())
    sizes = (recipe.seq_length, recipe.batch_size)
    inputs, targets = next(
        iter(stream_batches(vocabulary.encode(text), *sizes))
    )
    return milliseconds(train_step, inputs, targets) / 1e3
