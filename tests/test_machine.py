"""The number format: measured, and asked for where it pays."""

import pytest

from textgen_helpers import machine
from textgen_helpers.machine import (
    fastest_format,
    milliseconds,
    product_seconds,
)


@pytest.fixture(autouse=True)
def forget():
    """Let each test measure anew, and leave nothing for the others."""
    fastest_format.cache_clear()
    yield
    fastest_format.cache_clear()


@pytest.mark.parametrize(
    ("bfloat16", "answer"),
    [(0.5, "mixed_bfloat16"), (0.9, "float32"), (3.0, "float32")],
)
def test_the_shorter_format_must_be_clearly_faster(
    monkeypatch, bfloat16: float, answer: str
) -> None:
    seconds = {"float32": 1.0, "bfloat16": bfloat16}
    monkeypatch.setattr(machine, "product_seconds", seconds.get)
    assert fastest_format() == answer


def test_on_a_gpu_nothing_is_measured(monkeypatch) -> None:
    monkeypatch.setattr(machine, "product_seconds", None)
    monkeypatch.setattr(
        machine.tf.config, "list_physical_devices", lambda _: ["GPU"]
    )
    assert fastest_format() == "float32"


def test_it_is_measured_once(monkeypatch) -> None:
    measured = []

    def measure(dtype: str) -> float:
        measured.append(dtype)
        return 1.0

    monkeypatch.setattr(machine, "product_seconds", measure)
    assert fastest_format() == fastest_format()
    assert measured == ["float32", "bfloat16"] * 3  # in turn


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_product_takes_time(dtype: str) -> None:
    assert 0 < product_seconds(dtype) < 10


def test_the_shortest_time_counts_but_not_the_first(monkeypatch) -> None:
    given = iter([5.0, 3.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0])
    now = [0.0]
    seen = []

    def work(argument: str) -> None:
        seen.append(argument)
        now[0] += next(given)

    monkeypatch.setattr(machine.time, "perf_counter", lambda: now[0])
    assert milliseconds(work, "x") == 2_000
    assert seen == ["x"] * 8
