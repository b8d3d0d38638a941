"""Measure what it costs that several workers share a batch.

    python -m benchmarks.workers

Workers are processes on this machine, so they share its cores: this shows the
cost, not the gain. Each way is run twice, in turn, in new processes, and takes
steps of the three-minutes recipe in 32-bit numbers.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import json
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from textgen_helpers.settings import THREE_MINUTES, cluster_config
from textgen_helpers.training.distributed import (
    is_chief,
    read_cluster,
    seed_replicas,
    worker_strategy,
)
from textgen_helpers.training.workers import run_workers

WAYS = {  # name: workers, rows of the global batch
    "one worker, 32 rows": (1, 32),
    "two workers, 16 rows each": (2, 32),
    "one worker, 64 rows": (1, 64),
    "two workers, 32 rows each": (2, 64),
}
ROUNDS = 2
STEPS = 12  # of which the first two do not count
VOCAB_SIZE = 65
NETWORK = Path("/proc/net/dev")  # what Linux has sent, by interface

Numbers = dict[str, float]


def main() -> None:
    """Be one of the workers, with a folder; or print the table."""
    if len(sys.argv) > 1:
        take_steps(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        print("\n".join(table()))


def table() -> list[str]:
    """Run all ways in turn, and return the lines of the table."""
    results: dict[str, list[Numbers]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, (workers, rows) in WAYS.items():
            results[name].append(measure(workers, rows))
    head = f"{'steps/s':>10}{'chars/s':>10}{'MB sent a step':>16}{'seen':>8}"
    lines = [f"{'workers on this machine':<34}{head}"]
    for name, numbers in results.items():
        rows = WAYS[name][1]
        seconds = statistics.median(each["seconds"] for each in numbers)
        characters = rows * THREE_MINUTES.seq_length / seconds
        counted = numbers[0]["sent"] / 1e6
        seen = statistics.median(each["seen"] for each in numbers) / 1e6
        line = f"  {name:<32}{1 / seconds:>10.2f}{characters:>10,.0f}"
        lines.append(f"{line}{counted:>16.1f}{seen:>8.1f}")
    return lines


def measure(workers: int, rows: int) -> Numbers:
    """Let workers take their steps; return what the first one has measured."""
    with tempfile.TemporaryDirectory() as folder:
        module = "benchmarks.workers"
        command = [sys.executable, "-m", module, str(rows), folder]
        run_workers(command, workers)
        path = Path(folder, "numbers.json")
        return json.loads(path.read_text(encoding="utf-8"))


def take_steps(rows: int, folder: Path) -> None:
    """Take steps as one worker; the first one writes down how long they take.

    `sent` are the bytes that each worker sends in a step, as counted;
    `seen` those that all have sent, divided by the workers, as Linux counted.
    """
    cluster = read_cluster(cluster_config() or "")
    workers = len(cluster["cluster"]["worker"])
    strategy = worker_strategy(cluster)
    recipe = replace(THREE_MINUTES, batch_size=rows // workers)
    with strategy.scope():
        model = tg.compiled_model(recipe, VOCAB_SIZE, STEPS)
    seed_replicas(strategy, model)
    step = tg.make_distributed_step(strategy, model, model.optimizer)
    rng = np.random.default_rng(0)
    length = rows * recipe.seq_length * STEPS + 1
    ids = rng.integers(0, VOCAB_SIZE, length, dtype=np.int32)
    seconds, seen = [], []
    whole = replace(recipe, batch_size=rows)
    for inputs, targets in tg.worker_batches(strategy, ids, whole):
        start, before = time.perf_counter(), bytes_sent()
        float(step(inputs, targets))
        seconds.append(time.perf_counter() - start)
        seen.append((bytes_sent() - before) / workers)
    if is_chief(strategy):
        numbers = {
            "seconds": statistics.median(seconds[2:]),
            "sent": counted_bytes(model, rows, workers),
            "seen": statistics.median(seen[2:]),
        }
        path = folder / "numbers.json"
        path.write_text(json.dumps(numbers), encoding="utf-8")


def counted_bytes(model: keras.Model, rows: int, workers: int) -> float:
    """Return the bytes that each worker sends in a step.

    To add tables in a ring, each sends all numbers twice, but for its own
    share. Of the embedding's gradient it sends its rows to all others: a row
    of numbers and its index, of eight bytes, for each character.
    """
    embedding, *others = model.trainable_variables
    tables = 4 * (1 + sum(int(np.prod(v.shape)) for v in others))
    characters = rows // workers * THREE_MINUTES.seq_length
    slices = characters * (4 * embedding.shape[1] + 8)
    return 2 * (workers - 1) / workers * tables + (workers - 1) * slices


def bytes_sent() -> int:
    """Return what this machine has sent to itself; 0 if it does not tell."""
    if not NETWORK.exists():
        return 0
    for line in NETWORK.read_text().splitlines():
        name, _, numbers = line.partition(":")
        if name.strip() == "lo":
            return int(numbers.split()[8])
    return 0


if __name__ == "__main__":
    main()
