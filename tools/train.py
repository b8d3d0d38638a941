"""Train a model by a recipe, and measure it on text that it has not read.

    python -m tools.train RECIPE [--pretrained] [--corpus FILE]
                          [--workers N | --slurm]

It can be stopped at any time; the same command continues after the last
finished epoch. With --pretrained the result becomes the model that comes with
the course, data/pretrained.npz. With --corpus it reads a text of your own,
which may be larger than memory.

With --workers, so many processes of this machine share the rows of each batch.
Where the variable `TF_CONFIG` describes a cluster (or, with --slurm, Slurm
does), this process is one of its workers: the first one measures and reports.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import hashlib
import os
import platform
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from textgen_helpers.model.pretrained import save_pretrained
from textgen_helpers.settings import Settings, cluster_config, settings_for
from textgen_helpers.training.distributed import (
    Ids,
    check_agreement,
    is_chief,
    read_cluster,
    train_distributed,
    worker_strategy,
)
from textgen_helpers.training.recipes import read_history
from textgen_helpers.training.workers import (
    read_parts,
    train_in_workers,
    worker_config,
)

MEASURED = 1_000_000
"""Characters of each held-out part that are measured at the end."""

SLURM_PORT = 8888  # of the first task of a node; the others have the next ones
MOST_TASKS = 1000  # of a node

WINDOW = 256  # characters, the context of nanoGPT's small model


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing, measure, and write a few lines."""
    options = parse(arguments)
    cluster = find_cluster(options.slurm)
    if cluster and options.workers > 1:
        raise ValueError(
            "TF_CONFIG describes the workers already: leave out --workers."
        )
    # Before anything is computed, as TensorFlow asks.
    strategy = None
    if cluster:
        # A worker that waits for others in C++ would not see a Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        strategy = worker_strategy(cluster)
    is_first = strategy is None or is_chief(strategy)
    recipe = settings_for(tg.RECIPES[options.recipe])
    encoded = None
    if options.corpus:
        encoded = encode(options.corpus, strategy)
        recipe = settings_for(replace(recipe, corpus=options.corpus))
    vocabulary, parts = read_parts(recipe, encoded)
    train_ids, validation_ids, test_ids = parts
    batches = tg.stream_batches(train_ids, recipe.seq_length, recipe.batch_size)
    if is_first:
        print(describe(recipe, len(batches)), flush=True)
    if strategy:
        path = train_distributed(
            strategy, recipe, vocabulary, train_ids, validation_ids
        )
    elif options.workers > 1:
        path = train_in_workers(recipe, options.workers, encoded)
    else:
        path = tg.train_recipe(
            recipe,
            vocabulary,
            train_ids,
            validation_ids,
            verbose=1 if sys.stdout.isatty() else 2,
        )
    if not is_first:
        return 0
    model, _ = tg.load_for_generation(path)
    history = read_history(path)
    measured = measure_held_out(
        model,
        np.asarray(validation_ids[:MEASURED]),
        np.asarray(test_ids[:MEASURED]),
    )
    print(report(measured, history["seconds"]))
    print()
    start = first_words(vocabulary, train_ids)
    print(
        tg.generate_text(model, vocabulary, start, 400, temperature=0.7, seed=1)
    )
    if options.pretrained:
        facts = {
            "settings": recipe.hyperparameters(),
            "parameters": model.count_params(),
            "corpus_sha256": text_hash(recipe),
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


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; stop if they contradict each other."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("recipe", choices=tg.RECIPES)
    parser.add_argument("--pretrained", action="store_true")
    parser.add_argument("--corpus", metavar="FILE")
    parser.add_argument("--workers", metavar="N", type=int, default=1)
    parser.add_argument("--slurm", action="store_true")
    options = parser.parse_args(arguments)
    if options.pretrained and options.corpus:
        parser.error("the model that comes with the course has read its text")
    if options.workers < 1:
        parser.error(f"--workers must be 1 or more, but is {options.workers}")
    return options


def find_cluster(is_slurm: bool) -> dict[str, Any] | None:
    """Return the cluster that this process is a worker of, if there is one."""
    if is_slurm:
        return slurm_cluster()
    config = cluster_config()
    return read_cluster(config) if config else None


def slurm_cluster() -> dict[str, Any]:
    """Return the cluster of the tasks that Slurm's `srun` has started."""
    try:
        resolver = tf.distribute.cluster_resolver.SlurmClusterResolver(
            port_base=SLURM_PORT,
            # It counts tasks by GPUs, which the nodes need not have.
            gpus_per_node=MOST_TASKS,
            gpus_per_task=1,
            auto_set_gpu=False,
        )
        addresses = resolver.cluster_spec().as_dict()["worker"]
        # Not by the number of the task: the addresses are in another order.
        port = SLURM_PORT + int(os.environ["SLURM_LOCALID"])
        number = addresses.index(f"{os.environ['SLURMD_NODENAME']}:{port}")
    except (KeyError, RuntimeError, ValueError) as error:
        raise ValueError(
            f"Slurm does not describe a cluster ({error}): start this program "
            "by srun, in a job of several tasks."
        ) from error
    return read_cluster(worker_config(addresses, number))


def encode(
    path: str, strategy: tf.distribute.Strategy | None
) -> tg.EncodedText:
    """Encode a text to disk; in a cluster, the first worker before others.

    They may share a folder, and then they find it there.
    """
    if strategy and not is_chief(strategy):
        check_agreement(strategy, {"text": Path(path).name})
    encoded = tg.encode_to_disk(path)
    if strategy and is_chief(strategy):
        check_agreement(strategy, {"text": Path(path).name})
    return encoded


def first_words(vocabulary: tg.Vocabulary, train_ids: Ids) -> str:
    """Return "ROMEO: ", or the text's own beginning if it has other letters."""
    start = "ROMEO: "
    if set(start) <= set(vocabulary.characters):
        return start
    return vocabulary.decode(np.asarray(train_ids[: len(start)]))


def text_hash(recipe: Settings) -> str:
    """Return the SHA-256 of a recipe's text."""
    text = tg.load_corpus(recipe.corpus)
    return hashlib.sha256(text.encode()).hexdigest()


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
    except (OSError, RuntimeError, ValueError) as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(1)  # at once, as other workers may not answer any more
