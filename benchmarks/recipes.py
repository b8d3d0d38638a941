"""Train variants of the recipes, and print what validation text costs each.

Variants of the three-minutes recipe take half an hour on two cores with fast
16-bit products. With --long, variants of the twenty-minutes recipe follow,
which take an hour and a half more.
Variants that have been trained are not trained again.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textgen_helpers.settings import settings_for
from textgen_helpers.training.recipes import THREE_MINUTES, TWENTY_MINUTES
from tools.train import measure

SHORT: dict[str, dict[str, Any]] = {
    "three-minutes": {},
    "with dropout 0.2": {"dropout": 0.2},
    "without weight decay": {"weight_decay": 0.0},
    "half the rate": {"learning_rate": 2e-3},
    "384 units": {"rnn_units": 384, "epochs": 5},
    "768 units": {"rnn_units": 768, "epochs": 2},
    "two layers": {"rnn_layers": 2, "epochs": 2},
    "64 rows of 100": {"batch_size": 64, "seq_length": 100},
}
LONG: dict[str, dict[str, Any]] = {
    "twenty-minutes": {},
    "without weight decay": {"weight_decay": 0.0},
    "without dropout": {"dropout": 0.0},
    "one layer": {"rnn_layers": 1, "epochs": 24},
    "a higher rate": {"learning_rate": 5e-3},
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train one after the other, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args(arguments)
    text = tg.load_corpus("shakespeare")
    vocabulary = tg.Vocabulary.from_text(text)
    train_text, validation_text, _ = tg.split_corpus(text)
    train_ids = vocabulary.encode(train_text)
    validation_ids = vocabulary.encode(validation_text)
    groups = [(THREE_MINUTES, SHORT)]
    if options.long:
        groups.append((TWENTY_MINUTES, LONG))
    lines = [f"{'':<24}{'epochs':>8}{'streams':>10}{'windows of 256':>16}"]
    for recipe, variants in groups:
        for name, changes in variants.items():
            variant = replace(recipe, **changes)
            if changes:
                profile = f"{recipe.profile}-{name}".replace(" ", "-")
                variant = replace(variant, profile=profile)
            print(f"\n{name}", flush=True)
            path = tg.train_recipe(
                settings_for(variant), vocabulary, train_ids, validation_ids
            )
            model, _ = tg.load_for_generation(path)
            streams, windows = measure(model, validation_ids).values()
            lines.append(
                f"{name:<24}{variant.epochs:>8}{streams:>10.3f}{windows:>16.3f}"
            )
    print("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
