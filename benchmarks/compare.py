"""Print one table of what is claimed to be fast, measured on this machine.

Each group compares ways to do the same work. All ways of a group run in turn,
round after round, in one process (other libraries in a second one, which
waits in between), so that a busy or an old machine slows all of them.
"""

import textgen_helpers as tg  # isort: skip (first: it silences TensorFlow)
import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from textgen_helpers.settings import FULL, read_settings

from . import ways, workers
from .lesson import run_lesson
from .peers import Peers
from .targets import BITS_16, KINDS, Target, kind_of
from .ways import Way

ROUNDS = 5
SHORT_STEP = Target(1 / 0.40, BITS_16)  # in mixed_bfloat16
MANY_TEXTS = Target(4, BITS_16)
FIRST_CALL = Target(3, unit=" s", is_most=True)
IMPORT = Target(1.15, is_most=True)


@dataclass
class Group:
    """Ways to do the same work, the piece of it that `title` names.

    The first way is what the others are compared with. `targets` maps a way
    to how many times faster it has to be. `more` gives lines for below, from
    the medians and this machine's kind.
    """

    title: str
    ways: dict[str, Way]
    targets: dict[str, Target] = field(default_factory=dict)
    flops: float = 0.0  # multiplications and additions in the matrix products
    more: Callable[[dict[str, float], str], list[str]] = lambda *_: []


def measure(each: dict[str, Way], rounds: int = ROUNDS) -> dict[str, float]:
    """Run all ways in turn, and return each one's median in seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in each}
    for _ in range(rounds):
        for name, way in each.items():
            seconds[name].append(way())
    return {name: statistics.median(times) for name, times in seconds.items()}


def lines(
    group: Group,
    medians: dict[str, float],
    rates: dict[str, float],
    here: str,
) -> list[str]:
    """Return a group's part of the table.

    `rates` are what the machine multiplies and adds in a second at best, for
    each number format; `here` is its kind.
    """
    head = f"{'ms':>10}{'share':>8}{'faster':>9}{'limit':>8}  target"
    rows = [f"{group.title:<34}{head}"]
    first = next(iter(medians.values()))
    for name, seconds in medians.items():
        faster = first / seconds
        line = f"  {name:<32}{_milliseconds(seconds):>10}"
        line += f"{seconds / first:>8.3f}{faster:>8.1f}x"
        rate = rates["bfloat16" if "bfloat16" in name else "float32"]
        limit = group.flops / seconds / rate
        line += f"{limit:>7.0%} " if group.flops else " " * 8
        if name in group.targets:
            line += f" {group.targets[name].verdict(faster, here)}"
        rows.append(line.rstrip())
    return rows


def _milliseconds(seconds: float) -> str:
    """Return a time with three or four digits."""
    ms = 1000 * seconds
    if ms >= 100:
        return f"{ms:,.0f}"
    return f"{ms:.1f}" if ms >= 10 else f"{ms:.3f}"


def processor() -> str:
    """Return the name of this machine's processor, as it gives it itself."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.processor() or platform.machine()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all groups, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    meaning = "also the libraries in .venv-peers"
    parser.add_argument("--peers", action="store_true", help=meaning)
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    peers = Peers(ways.PEER_SIZES if options.peers else None)
    names = ["tensorflow", "keras", "numpy"]
    versions = [f"{name} {version(name)}" for name in names]
    here = kind_of(read_settings())
    print(f"{processor()}, {os.cpu_count()} cores")
    print(f"this machine: {here} ({KINDS[here]})")
    print(", ".join(versions + peers.versions))
    rates = ways.matrix_rates()
    limits = [f"{rate / 1e9:.0f} in {name}" for name, rate in rates.items()]
    print(f"The limit, 10^9 operations a second: {', '.join(limits)}")
    print(f"Medians of {ROUNDS} rounds, all ways in turn\n", flush=True)
    for make in (training, quick_training, writing, encoding, pipeline):
        group = make(peers)
        medians = measure(group.ways)
        print("\n".join(lines(group, medians, rates, here)), flush=True)
        print("\n".join([*group.more(medians, here), ""]), flush=True)
    peers.close()
    print(memory_line())
    print(import_line(here), flush=True)
    print()
    print("\n".join(workers.table()), flush=True)
    print()
    run_lesson(here)
    print(f"\nAll in {time.perf_counter() - start:.0f} s.")


def training(peers: Peers) -> Group:
    """Make one step of training at the classic lesson's sizes.

    In 16-bit numbers only where they are fast: a step takes many times as
    long elsewhere.
    """
    steps = {
        "keras.layers.GRU": ways.train_keras(),
        "FastGRU, float32": ways.train_fast("float32"),
    }
    targets = {"FastGRU, float32": Target(1 / 0.62)}
    short = "FastGRU, mixed_bfloat16"
    is_short = kind_of(read_settings()) == BITS_16
    if is_short:
        steps[short] = ways.train_fast("mixed_bfloat16")
        targets[short] = SHORT_STEP

    def more(_: dict[str, float], here: str) -> list[str]:
        if is_short:
            return []
        return [f"  {short}: left out {SHORT_STEP.verdict(0, here)}"]

    return Group(
        f"one training step, {ways.batch_shape(FULL)}",
        {**steps, **peers.ways("train")},
        targets,
        ways.step_flops(FULL),
        more,
    )


def quick_training(peers: Peers) -> Group:
    """Make one step of the quick profile's recipe, in 32-bit numbers."""
    return Group(
        f"the quick recipe's step, {ways.batch_shape(ways.QUICK)}",
        {
            "keras.layers.GRU in a loop": ways.quick_in_the_loop(is_keras=True),
            "FastGRU in the same loop": ways.quick_in_the_loop(is_keras=False),
            "FastGRU in fit": ways.quick_in_fit(),
            **peers.ways("quick"),
        },
        {"FastGRU in the same loop": Target(2), "FastGRU in fit": Target(2)},
        ways.step_flops(ways.QUICK),
    )


def writing(peers: Peers) -> Group:
    """Write one character of a text, at the classic lesson's sizes."""
    dtype = read_settings().dtype
    return Group(
        "one character written",
        {
            "the lesson's loop": ways.write_as_the_lesson(),
            "one compiled step each": ways.write_by_steps(),
            "generate_text, one text": ways.write(1, dtype),
            f"the same, 32 texts, {dtype}": ways.write(32, dtype),
            **peers.ways("write"),
        },
        {"generate_text, one text": Target(40)},
        ways.character_flops(FULL),
        more_about_writing,
    )


def more_about_writing(medians: dict[str, float], here: str) -> list[str]:
    """Compare 32 texts with one, and time a first call."""
    names = list(medians)
    many = medians[names[2]] / medians[names[3]]
    first = ways.first_call()
    return [
        f"  32 texts at once: {many:.1f} times the characters a second of one: "
        + MANY_TEXTS.verdict(many, here),
        f"  first call in a new process, 1,000 characters: {first:.2f} s: "
        + FIRST_CALL.verdict(first, here),
    ]


def memory_line() -> str:
    """Say how much memory the pipeline takes at its peak."""
    per_character = ways.pipeline_bytes()
    if per_character is None:
        return "memory of the pipeline: can only be measured on Linux"
    return (
        f"memory of the pipeline at its peak: {per_character:.1f} bytes a "
        "character, ids included"
    )


def import_line(here: str) -> str:
    """Compare the start of a notebook with the import of TensorFlow."""
    begin = 'import textgen_helpers as tg; tg.begin_lesson("x")'
    medians = measure(
        {
            "tensorflow": ways.in_new_processes("import tensorflow"),
            "ours": ways.in_new_processes(begin),
        }
    )
    ratio = medians["ours"] / medians["tensorflow"]
    return (
        f"start of a notebook: {medians['ours']:.2f} s, import of TensorFlow: "
        f"{medians['tensorflow']:.2f} s: {ratio:.2f}x: "
        + IMPORT.verdict(ratio, here)
    )


def encoding(_: Peers) -> Group:
    """Turn the full corpus into ids."""
    return Group(
        f"encoding {len(ways.corpus()):,} characters",
        {
            "one by one": ways.encode_one_by_one(),
            "Vocabulary.encode": ways.encode(),
        },
        {"Vocabulary.encode": Target(20)},
    )


def pipeline(_: Peers) -> Group:
    """Draw the batches of an epoch of the full corpus, and do not train."""
    return Group(
        "drawing one epoch of batches",
        {
            "the lesson's pipeline": ways.draw_as_the_lesson(),
            "window_batches": ways.draw(tg.window_batches),
            "stream_batches": ways.draw(tg.stream_batches),
        },
        {"window_batches": Target(10), "stream_batches": Target(10)},
    )


if __name__ == "__main__":
    main()
