"""Measure text on disk: its memory, the speed of encoding, and its batches.

Texts of several sizes are made and encoded. Their batches are drawn from disk
and from memory, in turn, in one process. Memory is measured in processes of
its own. The files have just been written, so the system still has them in its
cache: the table says what this program takes, not what a disk does.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf

from textgen_helpers.settings import ROOT, THREE_MINUTES, read_settings
from textgen_helpers.text.batches import stream_batches, window_batches
from textgen_helpers.text.disk import encode_to_disk, open_encoded

from .compare import measure, processor
from .targets import Target, kind_of

MB = 1_000_000  # bytes
SIZES = [1, 10, 100, 1000]  # MB
LENGTH, BATCH = THREE_MINUTES.seq_length, THREE_MINUTES.batch_size
DRAWN = 5_000  # batches that memory is measured with, at most
STEPS = 100  # of training
TIMED = 500  # batches in a round, at most
ROUNDS = 5
IN_MEMORY = 6  # bytes a character that batches from memory take, and a reserve

SPEED = Target(50, unit=" MB/s")
RATIO = Target(2, is_most=True)
GROWTH = Target(16, unit=" MB", is_most=True)
TRAINING = Target(1500, unit=" MB", is_most=True)

KINDS = {
    "streams": partial(stream_batches, seq_length=LENGTH, batch_size=BATCH),
    "windows": partial(
        window_batches, seq_length=LENGTH, batch_size=BATCH, seed=1
    ),
}
Numbers = dict[str, float]


def write_text(path: Path, size: int) -> None:
    """Write a text of `size` bytes: the play, its lines in other orders."""
    lines = np.array(tg.load_corpus("sample").splitlines(keepends=True))
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        while file.tell() < size:
            play = "".join(rng.permutation(lines)).encode()
            file.write(play[: size - file.tell()])


def encode(path: Path) -> Numbers:
    """Return the memory and the seconds that it takes to encode a text."""
    _warm_up(path.parent)
    before = _peak()
    start = time.perf_counter()
    encode_to_disk(path, path.parent)
    seconds = time.perf_counter() - start
    return {"memory": _peak() - before, "seconds": seconds}


def draw(path: Path) -> Numbers:
    """Return the memory that it takes to open a text and draw batches."""
    _warm_up(path.parent)
    before = _peak()
    text = open_encoded(path)
    for make in KINDS.values():
        _draw(make(text), DRAWN)
    return {"memory": _peak() - before}


def epochs(path: Path) -> Numbers:
    """Return the seconds of an epoch's batches from disk and from memory.

    They are those of its first batches, times the number of batches. Without
    enough memory, only those from disk are there.
    """
    text = open_encoded(path)
    datasets = {f"{kind} disk": make(text) for kind, make in KINDS.items()}
    if len(text) * IN_MEMORY < _free_memory():
        ids = np.load(text.path)
        for kind, make in KINDS.items():
            datasets[f"{kind} memory"] = make(ids)
        del ids
    ways = {name: _timed(dataset) for name, dataset in datasets.items()}
    for way in ways.values():
        way()  # the first time is longer
    return {
        name: seconds * len(datasets[name]) / min(len(datasets[name]), TIMED)
        for name, seconds in measure(ways, ROUNDS).items()
    }


def train(path: Path) -> Numbers:
    """Return the most memory that a process has in its first steps, in MB.

    All of it, TensorFlow included.
    """
    text = open_encoded(path)
    batches = stream_batches(text, LENGTH, BATCH).take(STEPS)
    model = tg.compiled_model(THREE_MINUTES, len(text.vocabulary), STEPS)
    model.fit(batches, shuffle=False, verbose=0)
    return {"memory": _peak()}


def _timed(batches: tf.data.Dataset) -> Callable[[], float]:
    """Return a function that times the first batches of an epoch."""

    def way() -> float:
        start = time.perf_counter()
        _draw(batches, TIMED)
        return time.perf_counter() - start

    return way


def _draw(batches: tf.data.Dataset, count: int) -> None:
    for _ in batches.take(count):
        pass


def _warm_up(folder: Path) -> None:
    """Take the memory that any text takes, however short."""
    text = encode_to_disk("sample", folder)
    for make in KINDS.values():
        _draw(make(text), 50)


def _peak() -> float:
    """Return the most memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MB * (1 if sys.platform == "darwin" else 1024)


def _free_memory() -> float:
    """Return the bytes of memory that are free; unlimited if unknown."""
    info = Path("/proc/meminfo")
    if not info.exists():
        return float("inf")
    return 1024 * float(info.read_text().split("MemAvailable:")[1].split()[0])


TASKS = {"encode": encode, "draw": draw, "epochs": epochs, "train": train}


def in_a_process_of_its_own(task: str, path: Path) -> Numbers:
    """Return what a task gives in a new process."""
    program = [sys.executable, "-m", "benchmarks.text_on_disk"]
    printed = subprocess.check_output(
        [*program, "--task", task, str(path)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return json.loads(printed.splitlines()[-1])


def measure_size(megabytes: int) -> Numbers:
    """Make a text of a size, and measure it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "big.txt"
        write_text(path, megabytes * MB)
        encoded = in_a_process_of_its_own("encode", path)
        (ids_path,) = Path(name).glob("big-*.npy")
        path.unlink()
        drawn = in_a_process_of_its_own("draw", ids_path)
        return {
            "encoding memory": encoded["memory"],
            "encoding seconds": encoded["seconds"],
            "batches memory": drawn["memory"],
            **in_a_process_of_its_own("epochs", ids_path),
            "training memory": in_a_process_of_its_own("train", ids_path)[
                "memory"
            ],
        }


def head() -> str:
    """Return the table's head."""
    groups = f"{'':>6}{'encoding':>24}{'batches':>10}"
    names = f"{'MB':>6}{'peak MB':>9}{'s':>8}{'MB/s':>7}{'peak MB':>10}"
    for kind in KINDS:
        groups += f"{f'an epoch of {kind}':>31}"
        names += f"{'disk s':>13}{'memory s':>10}{'ratio':>8}"
    return f"{groups}\n{names}"


def row(megabytes: int, numbers: Numbers) -> str:
    """Return a size's line of the table."""
    seconds = numbers["encoding seconds"]
    line = f"{megabytes:>6,}{numbers['encoding memory']:>9.1f}{seconds:>8.2f}"
    line += f"{megabytes / seconds:>7.0f}{numbers['batches memory']:>10.1f}"
    for kind in KINDS:
        disk = numbers[f"{kind} disk"]
        memory = numbers.get(f"{kind} memory")
        line += f"{disk:>13.2f}"
        if memory is None:
            line += f"{'-':>10}{'-':>8}"
        else:
            line += f"{memory:>10.2f}{disk / memory:>8.2f}"
    return line


def verdicts(table: dict[int, Numbers], here: str) -> list[str]:
    """Return what is reached; `here` is this machine's kind."""
    largest = max(table)
    speed = largest / table[largest]["encoding seconds"]
    lines = [f"encoding {largest:,} MB: {SPEED.verdict(speed, here)}"]
    for name in ("encoding", "batches"):
        peaks = [numbers[f"{name} memory"] for numbers in table.values()]
        growth = max(peaks) - min(peaks)
        lines.append(
            f"{name}, peak memory of all sizes differs by {growth:.1f} MB: "
            + GROWTH.verdict(growth, here)
        )
    most = max(numbers["training memory"] for numbers in table.values())
    lines.append(
        f"{STEPS} steps of the three-minutes recipe, the whole process at most "
        f"{most:,.0f} MB: " + TRAINING.verdict(most, here)
    )
    for kind in KINDS:
        ratio = max(
            numbers[f"{kind} disk"] / numbers[f"{kind} memory"]
            for numbers in table.values()
            if f"{kind} memory" in numbers
        )
        lines.append(
            f"{kind}, the largest ratio {ratio:.2f}: "
            + RATIO.verdict(ratio, here)
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all sizes, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sizes", nargs="*", type=int, default=SIZES, help="sizes in MB"
    )
    parser.add_argument("--task", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.task:
        task, path = options.task
        print(json.dumps(TASKS[task](Path(path))))
        return
    here = kind_of(read_settings())
    print(f"{processor()}, batches of {BATCH} x {LENGTH} characters\n")
    print(head(), flush=True)
    table = {}
    for megabytes in options.sizes:
        table[megabytes] = measure_size(megabytes)
        print(row(megabytes, table[megabytes]), flush=True)
    print("\n" + "\n".join(verdicts(table, here)))


if __name__ == "__main__":
    main()
