"""The table: what is compared, and what a line says."""

import sys
from collections.abc import Callable

import pytest

from benchmarks import compare, ways
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
    group = compare.Group("work", {}, {"new": 4.0, "newer": 5.0}, flops=1e9)
    medians = {"old": 0.1, "new": 0.025, "newer, bfloat16": 0.02, "newer": 0.02}
    rates = {"float32": 100e9, "bfloat16": 200e9}
    title, old, new, short, newer = compare.lines(group, medians, rates)
    assert title.split() == ["work", "ms", "share", "faster", "limit", "target"]
    assert old.split() == ["old", "100", "1.000", "1.0x", "10%"]
    assert new.split()[2:] == ["0.250", "4.0x", "40%", "4x", "reached"]
    assert short.split()[-1] == "25%"
    assert newer.split()[-3:] == ["50%", "5x", "reached"]


def test_a_missed_target_is_published() -> None:
    assert compare.verdict(3.99, 4).endswith("MISSED")
    assert compare.verdict(4.0, 4).endswith("reached")


def test_a_training_step_is_154_billion_operations() -> None:
    flops = 3 * ways.STEP_FLOPS
    assert flops == pytest.approx(154e9, rel=0.01)


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
