"""Kill a training at random moments, and compare it with one left alone.

    python -m benchmarks.kills 20

A small model with dropout is trained on the play by `train_recipe`, in a
process of its own. The process is killed so many times, at random moments,
and started again each time. At the end, all weights, the optimizer's numbers
and the losses must equal those of a training that was left alone. Twenty kills
take about five minutes.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import random
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from textgen_helpers.model.checkpoints import read_weights
from textgen_helpers.settings import ROOT
from textgen_helpers.training.recipes import ONE_MINUTE

EPOCHS = 60
LONGEST_LIFE = 12.0  # seconds of a process, from its first line to its kill


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill and compare; return 1 if an epoch is lost or anything differs."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kills", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.train:
        train(options.train)
        return 0
    moments = random.Random(options.seed)
    lost = 0
    with tempfile.TemporaryDirectory() as folder:
        killed, alone = Path(folder, "killed"), Path(folder, "alone")
        for number in range(1, options.kills + 1):
            finished = run_and_kill(killed, moments.uniform(0, LONGEST_LIFE))
            saved = count_epochs(killed)
            lost += max(0, finished - saved)
            print(f"kill {number}: {saved} epochs are saved", flush=True)
        print("training the rest, and once without a kill", flush=True)
        for each in (killed, alone):
            subprocess.run(
                command(each),
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        different = count_differences(killed, alone)
    print(f"{options.kills} kills, {lost} lost, {different} different")
    return 1 if lost or different else 0


def train(folder: Path) -> None:
    """Train, or go on where a process before this one was killed."""
    recipe = replace(
        ONE_MINUTE,
        embedding_dim=16,
        rnn_units=48,
        epochs=EPOCHS,
        checkpoint_dir=folder,
    )
    text = tg.load_corpus("sample", max_chars=30_000)
    vocabulary = tg.Vocabulary.from_text(text)
    train_text, validation_text, _ = tg.split_corpus(text)
    print("ready", flush=True)
    tg.train_recipe(
        recipe,
        vocabulary,
        vocabulary.encode(train_text),
        vocabulary.encode(validation_text),
    )


def run_and_kill(folder: Path, seconds: float) -> int:
    """Train for some seconds, kill; return the last epoch that was printed.

    The line of an epoch is printed after its checkpoint has been saved.
    """
    with subprocess.Popen(
        command(folder), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        printed = process.stdout.read()
        timer.cancel()
    lines = re.findall(r"Epoch (\d+)/\d+: loss [\d.]+, validation", printed)
    return int(lines[-1]) if lines else 0


def command(folder: Path) -> list[str]:
    """Return the program that trains in a folder."""
    return [sys.executable, "-m", "benchmarks.kills", "--train", str(folder)]


def count_epochs(folder: Path) -> int:
    """Return the epoch of the last undamaged checkpoint; 0 without one."""
    try:
        _, description = read_weights(tg.latest_checkpoint(folder))
    except FileNotFoundError:
        return 0
    return description["epoch"]


def count_differences(folder: Path, other: Path) -> int:
    """Return how many arrays and losses of two trainings differ."""
    arrays, description = read_weights(tg.latest_checkpoint(folder))
    others, other_description = read_weights(tg.latest_checkpoint(other))
    different = len(arrays.keys() ^ others.keys())
    for name in arrays.keys() & others.keys():
        different += not np.array_equal(arrays[name], others[name])
    for name in ("loss", "val_loss"):
        losses = description["history"][name]
        other_losses = other_description["history"][name]
        different += losses != other_losses
    return different


if __name__ == "__main__":
    sys.exit(main())
