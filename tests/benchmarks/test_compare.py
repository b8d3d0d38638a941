"""The table: what is compared, and what a line says."""

import sys
from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest

from benchmarks import compare, ways
from benchmarks.peers import Peers
from benchmarks.targets import BITS_16, BITS_32, Target
from textgen_helpers.settings import FULL
from textgen_helpers.text.corpus import load_corpus


def test_all_ways_run_alternately_and_the_median_counts() -> None:
    calls = []
    times = {"a": iter([1, 9, 2]), "b": iter([3, 4, 100])}

    def way(name: str) -> Callable[[], float]:
        def run() -> float:
            calls.append(name)
            return next(times[name])

        return run

    medians = compare.measure({name: way(name) for name in times}, rounds=3)
    assert calls == ["a", "b"] * 3
    assert medians == {"a": 2, "b": 4}


def test_a_line_gives_share_factor_limit_and_verdict() -> None:
    targets = {"new": Target(4), "newer": Target(5.5), "n2": Target(5, BITS_16)}
    group = compare.Group("work", {}, targets, flops=1e9)
    medians = {"old": 0.1, "new": 0.025, "newer, bfloat16": 0.02, "newer": 0.02}
    medians["n2"] = 0.02
    rates = {"float32": 100e9, "bfloat16": 200e9}
    title, old, new, short, newer, other = compare.lines(
        group, medians, rates, BITS_32
    )
    assert title.split() == ["work", "ms", "share", "faster", "limit", "target"]
    assert old.split() == ["old", "100", "1.000", "1.0x", "10%"]
    assert new.split()[2:5] == ["0.250", "4.0x", "40%"]
    assert new.endswith("%  any: 4x reached")
    assert short.split()[-1] == "25%"
    assert newer.endswith("50%  any: 5.5x MISSED")
    assert other.endswith("50%  (16 bits: 5x)")


def test_a_training_step_is_154_billion_operations() -> None:
    assert ways.step_flops(FULL) == pytest.approx(154e9, rel=0.01)


def test_slow_16_bit_training_is_left_out(monkeypatch) -> None:
    for name in ("train_keras", "train_fast"):
        monkeypatch.setattr(ways, name, lambda *_: lambda: 1.0)
    monkeypatch.setenv("TEXTGEN_DTYPE", "float32")
    group = compare.training(Peers(None))
    assert list(group.ways) == ["keras.layers.GRU", "FastGRU, float32"]
    (line,) = group.more({}, BITS_32)
    assert line.endswith("mixed_bfloat16: left out (16 bits: 2.5x)")
    monkeypatch.setenv("TEXTGEN_DTYPE", "mixed_bfloat16")
    group = compare.training(Peers(None))
    assert "FastGRU, mixed_bfloat16" in group.ways
    assert group.more({}, BITS_16) == []


def test_each_way_of_the_quick_recipe_trains_an_epoch(monkeypatch) -> None:
    small = replace(ways.QUICK, embedding_dim=4, rnn_units=8, batch_size=4)
    monkeypatch.setattr(ways, "QUICK", small)
    monkeypatch.setattr(ways, "QUICK_STEPS", 2)
    ids = np.arange(1_000, dtype=np.int32) % ways.VOCAB
    monkeypatch.setattr(ways, "corpus_ids", lambda: ids)
    assert len(ways.quick_batches()) == 2
    layers = []

    def observed(model: keras.Sequential, optimizer: keras.Optimizer):
        layers.append(type(model.layers[2]))
        assert optimizer.global_clipnorm == 1 and model.layers[3].rate == 0.15
        return lambda inputs, targets: 0.0

    monkeypatch.setattr(ways.tg, "make_train_step", observed)
    for is_keras in (True, False):
        assert ways.quick_in_the_loop(is_keras=is_keras)() > 0
    assert layers == [keras.layers.GRU, ways.tg.FastGRU]
    assert ways.quick_in_fit()() > 0


def test_a_program_in_a_new_process_has_the_quick_profile(monkeypatch) -> None:
    monkeypatch.setenv("TEXTGEN_PROFILE", "full")
    program = "import os; assert os.environ['TEXTGEN_PROFILE'] == 'quick'"
    assert ways.in_new_processes(f"{program}; print('hello')")() >= 0


def test_the_start_is_a_multiple_of_the_import(monkeypatch) -> None:
    def seconds(program: str) -> ways.Way:
        return lambda: 2.0 if program == "import tensorflow" else 2.4

    monkeypatch.setattr(ways, "in_new_processes", seconds)
    line = compare.import_line(BITS_32)
    assert line.endswith("2.00 s: 1.20x: any: at most 1.15x MISSED")


def test_without_the_corpus_the_play_is_as_long(monkeypatch) -> None:
    def fail(name: str) -> str:
        if name == "shakespeare":
            raise OSError("no network.")
        return load_corpus(name)

    monkeypatch.setattr(ways.tg, "load_corpus", fail)
    text = ways.corpus.__wrapped__()
    assert len(text) == ways.CHARACTERS


def test_a_first_call_is_timed_without_the_full_corpus(
    monkeypatch, capsys
) -> None:
    for name in ("corpus", "vocabulary", "corpus_ids"):
        monkeypatch.setattr(ways, name, None)
    ways.write_first(count=3)
    assert float(capsys.readouterr().out) > 0


@pytest.mark.skipif(
    not sys.platform.startswith("linux"),
    reason="only Linux says how much memory a process used at most",
)
def test_memory_is_measured_in_a_process_of_its_own() -> None:
    assert ways.pipeline_bytes() > 0


def test_the_memory_line_has_its_unit(monkeypatch) -> None:
    monkeypatch.setattr(ways, "pipeline_bytes", lambda: 7.24)
    assert "7.2 bytes a character" in compare.memory_line()
    monkeypatch.setattr(ways, "pipeline_bytes", lambda: None)
    assert "only be measured on Linux" in compare.memory_line()
