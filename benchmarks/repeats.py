"""Repeat trainings with other first weights, and store what they give.

    python -m benchmarks.repeats ways quick|full
    python -m benchmarks.repeats classic quick|full
    python -m benchmarks.repeats recipe NAME
    python -m benchmarks.repeats rows

`ways`: notebook 3's three ways to train, five seeds each (four minutes in the
quick profile, an hour in the full one, on two cores with AVX2). `classic`: the
classic recipe on the training text alone, three seeds (half a minute, three
hours). `recipe`: a better recipe, three seeds. `data/repeats.json` keeps the
results, seed by seed: a run that was stopped goes on. `rows` prints those of
the recipes as the project's README has them.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import json
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

import keras
import numpy as np

from textgen_helpers.evaluation import repeats
from textgen_helpers.files import write_atomically
from textgen_helpers.model.build import seeded_layers
from textgen_helpers.model.checkpoints import describe_training
from textgen_helpers.settings import FULL, QUICK, Settings, settings_for
from tools.lesson_time import compared_recipe
from tools.train import measure_held_out

from .compare import processor

PROFILES = {"quick": QUICK, "full": FULL}
TEXTS = {"sample": "*The Dark Lamp*", "shakespeare": "Shakespeare"}

Row = dict[str, float]
Training = Callable[[Settings, int, "Parts", int], dict[str, Row]]


class Parts(NamedTuple):
    """The three parts of a text, as ids."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print each result, and store all of them."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subjects = parser.add_subparsers(dest="subject", required=True)
    for subject in ("ways", "classic"):
        subjects.add_parser(subject).add_argument("name", choices=PROFILES)
    subjects.add_parser("recipe").add_argument("name", choices=tg.RECIPES)
    subjects.add_parser("rows")
    options = parser.parse_args(arguments)
    if options.subject == "rows":
        print("\n".join(rows()))
        return
    if options.subject == "recipe":
        recipe = settings_for(tg.RECIPES[options.name])
        results = repeat(recipe, range(3), train_recipe)
    elif options.subject == "classic":
        settings = settings_for(PROFILES[options.name])
        results = repeat(settings, range(1, 4), train_classic)
    else:
        recipe = compared_recipe(settings_for(PROFILES[options.name]))
        results = repeat(recipe, range(1, 6), train_in_three_ways)
    print(table(results))


def repeat(
    settings: Settings,
    seeds: Sequence[int],
    train: Training,
) -> repeats.Results:
    """Train with each seed, store each result, and return all of them."""
    text = tg.load_corpus(settings.corpus)
    vocabulary = tg.Vocabulary.from_text(text)
    parts = Parts(*map(vocabulary.encode, tg.split_corpus(text)))
    training = describe_training(settings, parts.train)
    done, results = interrupted(training, len(seeds))
    for seed in seeds[len(done) :]:
        measured = train(settings, len(vocabulary), parts, seed)
        for name, row in measured.items():
            print(f"seed {seed}, {name}: {row}", flush=True)
            for measurement, number in row.items():
                columns = results.setdefault(name, {})
                columns.setdefault(measurement, []).append(round(number, 4))
        done.append(seed)
        entry = {
            "training": training,
            "seeds": done,
            "results": results,
            "processor": processor(),
            "versions": versions(),
        }
        store(entry)
    return results


def interrupted(
    training: dict[str, Any], count: int
) -> tuple[list[int], repeats.Results]:
    """Return the seeds and results of a run that was stopped before its end.

    Nothing of a run that came to its end, or that had other versions of
    TensorFlow and Keras: that one begins again.
    """
    for entry in repeats.read_entries():
        is_same = entry["training"] == training
        is_same = is_same and entry["versions"] == versions()
        if is_same and len(entry["seeds"]) < count:
            return entry["seeds"], entry["results"]
    return [], {}


def versions() -> dict[str, str]:
    """Return the versions that train."""
    return {name: version(name) for name in ("tensorflow", "keras")}


def train_in_three_ways(
    recipe: Settings, vocab_size: int, parts: Parts, seed: int
) -> dict[str, Row]:
    """Train as notebook 3 does, and measure each in two ways, in bits."""
    sizes = (recipe.seq_length, recipe.batch_size)
    streams = tg.stream_batches(parts.train, *sizes)
    windows = tg.window_batches(parts.train, *sizes, seed=seed)
    ways = {
        "streams": (streams, True),
        "windows, carried": (windows, True),
        "windows, emptied": (windows, False),
    }
    results = {}
    for name, (data, stateful) in ways.items():
        model = tg.compiled_model(
            recipe, vocab_size, len(data), stateful=stateful, seed=seed
        )
        fit(model, data, recipe.epochs)
        length = recipe.seq_length
        results[name] = {
            "read in long rows": tg.bits_per_char(model, parts.test),
            "read in windows": tg.bits_per_char(model, parts.test, length),
        }
    return results


def train_classic(
    settings: Settings, vocab_size: int, parts: Parts, seed: int
) -> dict[str, Row]:
    """Train by the classic recipe; measure bits of the test text."""
    with seeded_layers(seed):
        model = tg.build_model(
            vocab_size,
            settings.embedding_dim,
            settings.rnn_units,
            settings.batch_size,
            dtype=settings.dtype,
        )
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    model.compile(optimizer, loss=tg.loss)
    sizes = (settings.seq_length, settings.batch_size)
    fit(
        model,
        tg.window_batches(parts.train, *sizes, seed=seed),
        settings.epochs,
    )
    bits = tg.bits_per_char(model, parts.test)
    return {"classic recipe": {"read in long rows": bits}}


def train_recipe(
    recipe: Settings, vocab_size: int, parts: Parts, seed: int
) -> dict[str, Row]:
    """Train by a better recipe; measure nats of each part, and seconds."""
    sizes = (recipe.seq_length, recipe.batch_size)
    streams = tg.stream_batches(parts.train, *sizes)
    model = tg.compiled_model(recipe, vocab_size, len(streams), seed=seed)
    began = time.perf_counter()
    fit(model, streams, recipe.epochs)
    row = {"seconds": time.perf_counter() - began}
    measured = measure_held_out(model, parts.validation, parts.test)
    for text, ways in measured.items():
        for way, nats in ways.items():
            row[f"{text}, {way}"] = nats
    return {recipe.profile: row}


def fit(model: keras.Sequential, data: Any, epochs: int) -> None:
    """Train a compiled model, and print nothing."""
    callbacks = [tg.ResetStates()]
    model.fit(
        data, epochs=epochs, callbacks=callbacks, shuffle=False, verbose=0
    )


def store(entry: dict[str, Any]) -> None:
    """Put an entry into the file, in place of an older one."""
    settings = entry["training"]["settings"]
    entries = [
        other
        for other in repeats.read_entries()
        if other["training"]["settings"] != settings
    ]
    with write_atomically(repeats.PATH) as part:
        text = json.dumps([*entries, entry], indent=1)
        part.write_text(text + "\n", encoding="utf-8")


def table(results: repeats.Results) -> str:
    """Return mean and standard deviation of each way."""
    lines = []
    for name, row in results.items():
        for measurement, values in row.items():
            lines.append(f"{name:<18}{measurement:<28}{spread(values)}")
    return "\n".join(lines)


def rows() -> list[str]:
    """Return the beginning of the README's row of each recipe that is stored.

    Bits per character of the test text, nats of the whole last tenth.
    """
    lines = []
    for entry in repeats.read_entries():
        for name, row in entry["results"].items():
            if name not in tg.RECIPES:
                continue
            bits = [tg.nats_to_bits(nats) for nats in row["test, streams"]]
            numbers = [
                spread(bits),
                spread(row["last tenth, streams"]),
                spread(row["last tenth, windows of 256"]),
                str(len(entry["seeds"])),
            ]
            corpus = entry["training"]["settings"]["corpus"]
            lines.append(" | ".join([f"| `{name}`", TEXTS[corpus], *numbers]))
    return lines


def spread(values: Sequence[float]) -> str:
    """Return mean and standard deviation of numbers."""
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


if __name__ == "__main__":
    main()
