"""Train a model by a recipe, and measure it on text that it has not read.

    python -m tools.train RECIPE [--pretrained]

It can be stopped at any time; the same command continues after the last
finished epoch. With --pretrained the result becomes the model that comes with
the course, data/pretrained.npz.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import hashlib
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version

import keras
import numpy as np

from textgen_helpers.model.pretrained import save_pretrained
from textgen_helpers.settings import Settings, settings_for
from textgen_helpers.training.recipes import read_history

WINDOW = 256  # characters, the context of nanoGPT's small model


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing, measure, and write a few lines."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("recipe", choices=tg.RECIPES)
    parser.add_argument("--pretrained", action="store_true")
    options = parser.parse_args(arguments)
    recipe = settings_for(tg.RECIPES[options.recipe])
    text = tg.load_corpus(recipe.corpus)
    vocabulary = tg.Vocabulary.from_text(text)
    parts = map(vocabulary.encode, tg.split_corpus(text))
    train_ids, validation_ids, test_ids = parts
    batches = tg.stream_batches(train_ids, recipe.seq_length, recipe.batch_size)
    print(describe(recipe, len(batches)), flush=True)
    path = tg.train_recipe(
        recipe,
        vocabulary,
        train_ids,
        validation_ids,
        verbose=1 if sys.stdout.isatty() else 2,
    )
    model, _ = tg.load_for_generation(path)
    history = read_history(path)
    measured = measure_held_out(model, validation_ids, test_ids)
    print(report(measured, history["seconds"]))
    print()
    print(
        tg.generate_text(
            model, vocabulary, "ROMEO: ", 400, temperature=0.7, seed=1
        )
    )
    if options.pretrained:
        facts = {
            "settings": recipe.hyperparameters(),
            "parameters": model.count_params(),
            "corpus_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "history": history,
            "held_out": measured["last tenth"],
            "validation": measured["validation"],
            "test": measured["test"],
            "processor": f"{os.cpu_count()} cores, {recipe.dtype}",
            "versions": versions(),
        }
        save_pretrained(model, vocabulary, facts)
        print("\nIt is the model that comes with the course now.")
    return 0


def describe(recipe: Settings, steps: int) -> str:
    """Return on one line what is trained; `steps` are those of an epoch."""
    layers = "layer" if recipe.rnn_layers == 1 else "layers"
    return (
        f"{recipe.profile}: {recipe.rnn_layers} {layers} of "
        f"{recipe.rnn_units} units, dropout {recipe.dropout}, "
        f"{recipe.epochs} epochs of {steps:,} steps, {recipe.batch_size} "
        f"streams, {recipe.seq_length} characters at a time; {recipe.dtype}"
    )


def measure_held_out(
    model: keras.Sequential, validation_ids: np.ndarray, test_ids: np.ndarray
) -> dict[str, dict[str, float]]:
    """Return what `measure` returns for both parts, and for both together."""
    texts = {
        "validation": validation_ids,
        "test": test_ids,
        "last tenth": np.concatenate([validation_ids, test_ids]),
    }
    return {name: measure(model, ids) for name, ids in texts.items()}


def measure(model: keras.Sequential, ids: np.ndarray) -> dict[str, float]:
    """Return nats per character of a text, measured in two ways."""
    bits = {
        "streams": tg.bits_per_char(model, ids),
        f"windows of {WINDOW}": tg.bits_per_char(model, ids, window=WINDOW),
    }
    return {name: float(each * np.log(2)) for name, each in bits.items()}


def report(measured: dict[str, dict[str, float]], seconds: list[float]) -> str:
    """Return results and time as lines."""
    lines = [
        f"{text}, {way}: {nats:.4f} nats = "
        f"{tg.nats_to_bits(nats):.3f} bits per character"
        for text, ways in measured.items()
        for way, nats in ways.items()
    ]
    # Other programs on the machine slow single epochs.
    undisturbed = len(seconds) * float(np.median(seconds))
    time = (
        f"trained in {sum(seconds):.0f} s on {os.cpu_count()} cores; by the "
        f"middle epoch's time in {undisturbed:.0f} s"
    )
    return "\n".join(["", *lines, time])


def versions() -> dict[str, str]:
    """Return what the model was made with."""
    packages = ("tensorflow", "keras", "numpy")
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        os._exit(130)  # at once; the finished epochs are saved
    except (OSError, ValueError) as error:
        sys.exit(str(error))
