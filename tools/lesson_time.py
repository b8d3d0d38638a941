"""How long all notebooks take on this machine: trainings, and the rest.

    python -m tools.lesson_time

prints it for the profile and the text that the environment names.
"""

import sys
from dataclasses import replace

from textgen_helpers.evaluation.repeats import stored_results
from textgen_helpers.model.build import build_model, seeded_layers
from textgen_helpers.settings import Settings, read_settings
from textgen_helpers.text.corpus import load_corpus, split_corpus
from textgen_helpers.text.vocabulary import Vocabulary
from textgen_helpers.training.duration import (
    LONG,
    describe_duration,
    quick_step_seconds,
    step_seconds,
)
from textgen_helpers.training.recipes import recipe_for

REST_SECONDS = 140.0  # of all notebooks, without the steps of training ...
REST_STEP_SECONDS = 0.025  # ... where a step of the quick recipe takes this
FIRST_STEPS = 20  # of the classic recipe, made again twice by notebook 5
COMPARED_EPOCHS = 2  # of notebook 3's three ways, and of notebook 5's loop
SHARED_EPOCHS = 5  # of notebook 7: two by one process, two by two, one again
SHARED_LENGTH = 100_000  # characters of the text that notebook 7 takes


def main() -> None:
    """Print how long all notebooks take, and what is shorter."""
    settings = read_settings()
    text = load_corpus(settings.corpus)
    is_stored = has_stored_results(text, settings)
    seconds = lesson_seconds(len(text), len(set(text)), settings, is_stored)
    print(announcement(seconds), flush=True)


def announcement(seconds: float) -> str:
    """Return what is said before the notebooks run."""
    duration = describe_duration(seconds)
    line = f"\rAll notebooks: {duration} on this machine."
    if seconds > LONG:
        line += (
            "\nShorter: open them as they are, with the outputs of such a run; "
            "the quick profile\n(--profile quick); or the pretrained model, in "
            "notebook 4."
        )
    return line


def has_stored_results(text: str, settings: Settings) -> bool:
    """Tell whether notebook 3 finds the trainings that it need not repeat."""
    train_text, *_ = split_corpus(text)
    train_ids = Vocabulary.from_text(text).encode(train_text)
    recipes = (settings, compared_recipe(settings))
    return all(stored_results(each, train_ids) for each in recipes)


def compared_recipe(settings: Settings) -> Settings:
    """Return the short training by which notebook 3 compares three ways."""
    return replace(recipe_for(settings), epochs=COMPARED_EPOCHS)


def training_steps(
    length: int, settings: Settings, is_stored: bool = False
) -> tuple[int, int]:
    """Return the steps of all training in notebooks 3, 5 and 7.

    The first number is that of the classic recipe, in each of the two, and in
    its first steps twice; the second that of the better one. Notebook 3
    trains it, trains on windows for comparison, and resumes for one epoch;
    notebook 5 begins it in its loop; notebook 7 shares its rows among
    processes, on a part of the text. Without stored results, notebook 3 also
    trains the classic recipe on the training text, and compares all three
    ways.
    """
    window = settings.seq_length + 1
    recipe = recipe_for(settings)
    batch_size, seq_length = recipe.batch_size, recipe.seq_length
    train_length = length * 9 // 10
    streams = (train_length - 1) // batch_size // seq_length
    windows = train_length // (seq_length + 1) // batch_size
    classic = 2 * settings.epochs * (length // window // settings.batch_size)
    classic += 2 * FIRST_STEPS
    better = (recipe.epochs + 1 + COMPARED_EPOCHS) * streams
    better += COMPARED_EPOCHS * windows
    shared_length = min(length, SHARED_LENGTH) * 9 // 10
    better += SHARED_EPOCHS * ((shared_length - 1) // batch_size // seq_length)
    if not is_stored:
        classic += settings.epochs * (
            train_length // window // settings.batch_size
        )
        better += COMPARED_EPOCHS * (streams + windows)
    return classic, better


def lesson_seconds(
    length: int, vocab_size: int, settings: Settings, is_stored: bool = False
) -> float:
    """Return how long all notebooks take on this machine with such a text."""
    seconds = rest_seconds(settings)
    recipes = (settings, recipe_for(settings))
    steps = training_steps(length, settings, is_stored)
    for recipe, count in zip(recipes, steps, strict=True):
        with seeded_layers(0):
            model = build_model(
                vocab_size,
                recipe.embedding_dim,
                recipe.rnn_units,
                recipe.batch_size,
                rnn_layers=recipe.rnn_layers,
                dtype=recipe.dtype,
            )
        sizes = (recipe.batch_size, recipe.seq_length)
        seconds += count * step_seconds(model, *sizes)
    return seconds


def rest_seconds(settings: Settings) -> float:
    """Return how long the notebooks take without the steps of training."""
    step = quick_step_seconds(settings.dtype.removeprefix("mixed_"))
    return REST_SECONDS * step / REST_STEP_SECONDS


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as error:
        sys.exit(str(error))
