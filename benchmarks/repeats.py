"""Repeat a comparison of notebook 3 with other first weights, and store it.

    python -m benchmarks.repeats quick|full

Three ways to train, five seeds each: four minutes in the quick profile, an
hour in the full one, on two cores with AVX2. `data/repeats.json` keeps the
results.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from textgen_helpers.evaluation import repeats
from textgen_helpers.files import write_atomically
from textgen_helpers.model.checkpoints import describe_training
from textgen_helpers.settings import FULL, QUICK, Settings, settings_for
from tools.lesson_time import COMPARED_EPOCHS

from .compare import processor

SEEDS = range(1, 6)  # the notebook itself takes 0
PROFILES = {"quick": QUICK, "full": FULL}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print each result, and store all of them."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("profile", choices=PROFILES)
    options = parser.parse_args(arguments)
    settings = settings_for(PROFILES[options.profile])
    recipe = replace(tg.recipe_for(settings), epochs=COMPARED_EPOCHS)
    text = tg.load_corpus(recipe.corpus)
    vocabulary = tg.Vocabulary.from_text(text)
    train_ids, held_out_ids = map(vocabulary.encode, tg.split_corpus(text))
    results: repeats.Results = {}
    for seed in SEEDS:
        measured = compare(recipe, vocabulary, train_ids, held_out_ids, seed)
        for name, row in measured.items():
            for measurement, bits in row.items():
                columns = results.setdefault(name, {})
                columns.setdefault(measurement, []).append(round(bits, 4))
    entry = {
        "training": describe_training(recipe, train_ids),
        "seeds": list(SEEDS),
        "results": results,
        "processor": processor(),
        "versions": {name: version(name) for name in ("tensorflow", "keras")},
    }
    store(entry)
    print(table(results))


def compare(
    recipe: Settings,
    vocabulary: tg.Vocabulary,
    train_ids: np.ndarray,
    held_out_ids: np.ndarray,
    seed: int,
) -> dict[str, dict[str, float]]:
    """Train in three ways, and measure each in two ways, as notebook 3."""
    sizes = (recipe.seq_length, recipe.batch_size)
    streams = tg.stream_batches(train_ids, *sizes)
    windows = tg.window_batches(train_ids, *sizes, seed=seed)
    ways = {
        "streams": (streams, True),
        "windows, carried": (windows, True),
        "windows, emptied": (windows, False),
    }
    results = {}
    for name, (data, stateful) in ways.items():
        model = tg.compiled_model(
            recipe, len(vocabulary), len(data), stateful=stateful, seed=seed
        )
        model.fit(
            data,
            epochs=recipe.epochs,
            callbacks=[tg.ResetStates()],
            shuffle=False,
            verbose=0,
        )
        length = recipe.seq_length
        results[name] = {
            "read in long rows": tg.bits_per_char(model, held_out_ids),
            "read in windows": tg.bits_per_char(model, held_out_ids, length),
        }
        print(f"seed {seed}, {name}: {results[name]}", flush=True)
    return results


def store(entry: dict[str, Any]) -> None:
    """Put an entry into the file, in place of an older one."""
    profile = entry["training"]["settings"]["profile"]
    entries = [
        other
        for other in repeats.read_entries()
        if other["training"]["settings"]["profile"] != profile
    ]
    with write_atomically(repeats.PATH) as part:
        text = json.dumps([*entries, entry], indent=1)
        part.write_text(text + "\n", encoding="utf-8")


def table(results: repeats.Results) -> str:
    """Return mean and standard deviation of each way."""
    lines = []
    for name, row in results.items():
        for measurement, values in row.items():
            mean, deviation = np.mean(values), np.std(values, ddof=1)
            lines.append(
                f"{name:<18}{measurement:<20}{mean:.3f} ± {deviation:.3f}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
