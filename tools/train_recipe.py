"""Train a model by a recipe, and say how good it is on held-out text.

    python tools/train_recipe.py RECIPE [--reference]

Stopped at any time, it goes on after its last finished epoch. With --reference
the result becomes the model that comes with the course, data/reference.npz.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import hashlib
import os
import platform
import sys
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

WINDOW = 256  # characters, the context of nanoGPT's small model


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing, measure, write a few lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=tg.RECIPES)
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args(arguments)
    recipe = tg.RECIPES[options.recipe]
    text = tg.load_corpus(recipe.corpus)
    vocabulary = tg.Vocabulary.from_text(text)
    train_ids, held_out_ids = map(vocabulary.encode, tg.split_corpus(text))
    sizes = (recipe.seq_length, recipe.batch_size)
    steps = len(tg.stream_batches(train_ids, *sizes))
    print(describe(recipe, steps), flush=True)
    verbose = 1 if sys.stdout.isatty() else 2
    path = tg.train_recipe(
        recipe, vocabulary, train_ids, held_out_ids, verbose=verbose
    )
    model, _ = tg.restore_for_sampling(path)
    history = tg.read_history(recipe)
    measured = measure(model, held_out_ids)
    print(report(measured, history["seconds"]))
    print()
    print(
        tg.generate_text(
            model, vocabulary, "ROMEO: ", 400, temperature=0.7, seed=1
        )
    )
    if options.reference:
        tg.save_reference(
            model,
            vocabulary,
            {
                "settings": vars(recipe),
                "parameters": model.count_params(),
                "corpus_sha256": hashlib.sha256(text.encode()).hexdigest(),
                "history": history,
                "held_out": measured,
                "processor": f"{os.cpu_count()} cores, {recipe.dtype}",
                "versions": versions(),
            },
        )
        print("\nThis is the reference model now: data/reference.npz.")
    return 0


def describe(recipe: tg.Settings, steps: int) -> str:
    """Return what is trained, on one line; `steps` is those of an epoch."""
    layers = "layer" if recipe.rnn_layers == 1 else "layers"
    return (
        f"{recipe.profile}: {recipe.rnn_layers} {layers} of "
        f"{recipe.rnn_units} units, dropout {recipe.dropout}, "
        f"{recipe.epochs} epochs of {steps:,} steps, {recipe.batch_size} "
        f"streams, {recipe.seq_length} characters at a time; {recipe.dtype}"
    )


def measure(model: keras.Sequential, ids: np.ndarray) -> dict[str, float]:
    """Return nats per character of a text, measured in two ways."""
    bits = {
        "streams": tg.bits_per_char(model, ids),
        f"windows of {WINDOW}": tg.bits_per_char(model, ids, window=WINDOW),
    }
    return {name: float(x * np.log(2)) for name, x in bits.items()}


def report(measured: dict[str, float], seconds: list[float]) -> str:
    """Return results and time as lines."""
    lines = [
        f"held-out text, {name}: {nats:.4f} nats = "
        f"{tg.nats_to_bits(nats):.3f} bits per character"
        for name, nats in measured.items()
    ]
    # What the machine did besides shows in single epochs.
    undisturbed = len(seconds) * float(np.median(seconds))
    spent = (
        f"trained in {sum(seconds):.0f} s on {os.cpu_count()} cores; by the "
        f"middle epoch's time in {undisturbed:.0f} s"
    )
    return "\n".join(["", *lines, spent])


def versions() -> dict[str, str]:
    """Return what the model was made with."""
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        os._exit(130)  # the epochs that were finished are saved
    except (OSError, ValueError) as error:
        sys.exit(str(error))
