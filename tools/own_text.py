"""What to know about a text of your own before a model reads it.

    python -m tools.own_text FILE

prints a report, or one sentence on why the text cannot be used.
"""

import textgen_helpers  # noqa: F401  isort: skip (first: it silences TensorFlow)
import argparse
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import keras

from textgen_helpers.hardware import time_call
from textgen_helpers.settings import Settings, read_settings
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.text.corpus import load_corpus
from textgen_helpers.text.vocabulary import Vocabulary, script
from textgen_helpers.training.loop import make_train_step
from textgen_helpers.training.recipes import compiled_model, recipe_for

ENOUGH = 100_000  # characters, after which a model begins to spell
RARE = 3  # a character that occurs less often is rare
NO_TRAINING = 150  # seconds of a run in which no model is trained
KINDS = {"N": "digits", "P": "punctuation", "S": "symbols", "C": "invisible"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report on a file."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file")
    path = parser.parse_args(arguments).file
    print("Looking at your text, and timing a few steps of training.")
    print(describe_text(path, read_settings()))
    return 0


def describe_text(path: str, settings: Settings) -> str:
    """Return a report on a file: length, alphabet, encoding, time of a run.

    The time is measured in a few steps of training. Raises as `load_corpus`
    does, and ValueError for a text that is too short for these settings.
    """
    text = load_corpus(path)
    least = min_length(settings)
    if len(text) < least:
        raise ValueError(
            f"{path!r} has {len(text):,} characters, but the notebooks need "
            f"at least {least:,} in the {settings.profile} profile, better "
            f"{ENOUGH:,}: take a longer text."
        )
    better = f", better {ENOUGH:,}" if len(text) < ENOUGH else ""
    minutes = max(1, estimate_seconds(text, settings) / 60)
    parts = [
        f"Your text: {path}",
        f"Length: {len(text):,} characters; {least:,} are needed{better}.",
        _describe_alphabet(text),
        _describe_rare(text),
        _describe_bytes(Path(path).read_bytes()),
        _describe_normal_form(text),
        f"Time: about {minutes:.0f} min for all notebooks on this machine.",
    ]
    return "\n".join(parts)


def min_length(settings: Settings) -> int:
    """Return how many characters the notebooks need.

    The held-out tenth must fill a batch of the recipe's streams. The whole
    text must fill the two batches that notebook 1 shows, and a batch of the
    classic recipe's windows.
    """
    recipe = recipe_for(settings)
    streams = 10 * recipe.batch_size * recipe.seq_length + 1  # rounded up
    windows = settings.batch_size * (settings.seq_length + 1)
    return max(streams, windows, 2 * 64 * 100 + 1)


def training_steps(length: int, settings: Settings) -> tuple[int, int]:
    """Return the steps of all training in notebooks 3 and 5.

    The first number is that of the classic recipe, in each of the two; the
    second that of the better one. It trains on streams in both. Notebook 3
    compares streams and two ways of windows over half the epochs; one epoch is
    resumed, and one is clipped.
    """
    window = settings.seq_length + 1
    classic = settings.epochs * (length // window // settings.batch_size)
    recipe = recipe_for(settings)
    batch_size, seq_length = recipe.batch_size, recipe.seq_length
    train_length = length * 9 // 10
    streams = (train_length - 1) // batch_size // seq_length
    windows = train_length // (seq_length + 1) // batch_size
    compared = recipe.epochs // 2 * (streams + 2 * windows)
    return 2 * classic, 2 * (recipe.epochs + 1) * streams + compared


def estimate_seconds(text: str, settings: Settings) -> float:
    """Return how long all notebooks take here, judged by a few real steps."""
    classic, better = training_steps(len(text), settings)
    return (
        NO_TRAINING
        + classic * _time_step(text, settings)
        + better * _time_step(text, recipe_for(settings))
    )


def _time_step(text: str, recipe: Settings) -> float:
    """Return the seconds that a step of training takes."""
    vocabulary = Vocabulary.from_text(text)
    model = compiled_model(recipe, len(vocabulary), steps=1)
    train_step = make_train_step(model, keras.optimizers.Adam())
    ids = vocabulary.encode(text)
    batches = stream_batches(ids, recipe.seq_length, recipe.batch_size)
    inputs, targets = next(iter(batches))
    return time_call(train_step, inputs, targets) / 1000


def _describe_alphabet(text: str) -> str:
    """Return how many characters there are, and of which kinds."""
    characters = sorted(set(text))
    kinds = Counter(map(_kind, characters)).most_common(6)
    counts = ", ".join(f"{kind} {count:,}" for kind, count in kinds)
    return fill(f"Alphabet: {len(characters):,} characters; {counts}.", 79)


def _kind(char: str) -> str:
    """Return the kind of a character: a script, digits, white space, ..."""
    if char.isspace():
        return "white space"
    return KINDS.get(unicodedata.category(char)[0]) or script(char)


def _describe_rare(text: str) -> str:
    """Return which characters are too rare to be learnt."""
    rare = [char for char, count in Counter(text).items() if count < RARE]
    if not rare:
        return f"Rare characters: none; each occurs {RARE} times or more."
    examples = " ".join(map(repr, rare[:10]))
    if len(rare) > 10:
        examples += " ..."
    return fill(
        f"Rare characters: {len(rare):,} occur fewer than {RARE} times: "
        f"{examples} The model can hardly learn them: replace them, or take a "
        "longer text.",
        79,
    )


def _describe_bytes(data: bytes) -> str:
    """Return what only a file has: a byte-order mark, and ends of lines."""
    mark = "with" if data.startswith(b"\xef\xbb\xbf") else "without"
    pairs = data.count(b"\r\n")
    counts = {
        "CR LF": pairs,
        "LF": data.count(b"\n") - pairs,
        "CR": data.count(b"\r") - pairs,
    }
    ends = [name for name, count in counts.items() if count]
    lines = f"lines end in {' or '.join(ends)}" if ends else "one line"
    if counts["CR LF"] or counts["CR"]:
        lines += r" (all read as \n)"
    return f"Encoding: UTF-8 {mark} a byte-order mark; {lines}."


def _describe_normal_form(text: str) -> str:
    """Return whether each letter is written in one way only."""
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return "Unicode: in normal form NFC."
    fewer = len(text) - len(composed)
    changed = f"has {fewer:,} characters fewer" if fewer else "is as long"
    return (
        "Unicode: not in normal form NFC. The same letter can be written in "
        "two ways then,\nand the model takes them for two letters. In NFC the "
        f"text {changed}.\nA text editor or Python's "
        "unicodedata.normalize('NFC', text) can convert it."
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(str(error))
