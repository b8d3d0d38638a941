"""The number format is measured, and how a call is timed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import tensorflow as tf

from textgen_helpers import hardware
from textgen_helpers.hardware import (
    preferred_dtype_policy,
    remembered,
    time_call,
    time_matmul,
    wait_for,
    xla_works,
)


@pytest.fixture(autouse=True)
def _measure_again() -> Iterator[None]:
    """Let each test measure again, and leave nothing for the others."""
    preferred_dtype_policy.cache_clear()
    xla_works.cache_clear()
    yield
    preferred_dtype_policy.cache_clear()
    xla_works.cache_clear()


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])


@pytest.mark.parametrize(
    ("bfloat16_ms", "policy"),
    [(0.5, "mixed_bfloat16"), (0.9, "float32"), (3.0, "float32")],
)
@pytest.mark.usefixtures("no_gpu")
def test_the_shorter_format_must_be_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, bfloat16_ms: float, policy: str
) -> None:
    times = {"float32": 1.0, "bfloat16": bfloat16_ms}
    monkeypatch.setattr(hardware, "time_matmul", times.get)
    assert preferred_dtype_policy() == policy
    assert policy in hardware.DTYPE_POLICIES


@pytest.mark.parametrize(
    ("bfloat16_ms", "policy"),
    [
        ([0.2, 0.2, 1.2, 1.2, 1.2], "float32"),
        ([0.5, 3.0, 0.5, 3.0, 0.5], "mixed_bfloat16"),
    ],
)
@pytest.mark.usefixtures("no_gpu")
def test_two_disturbed_measurements_do_not_decide(
    monkeypatch: pytest.MonkeyPatch, bfloat16_ms: list[float], policy: str
) -> None:
    times = {"float32": iter([1.0] * 5), "bfloat16": iter(bfloat16_ms)}
    monkeypatch.setattr(hardware, "time_matmul", lambda d: next(times[d]))
    assert preferred_dtype_policy() == policy


def test_on_a_gpu_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "time_matmul", None)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["GPU"])
    assert preferred_dtype_policy() == "float32"


@pytest.mark.usefixtures("no_gpu")
def test_both_formats_are_measured_alternately_and_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = []

    def observed_time_matmul(dtype: str) -> float:
        measured.append(dtype)
        return 1.0

    monkeypatch.setattr(hardware, "time_matmul", observed_time_matmul)
    assert preferred_dtype_policy() == preferred_dtype_policy()
    assert measured == ["float32", "bfloat16"] * 3


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_product_of_the_lesson_s_gru_is_timed(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def call_once(function: object, *arguments: tf.Tensor) -> float:
        product = function(*arguments)
        assert product.dtype == dtype
        assert [x.shape for x in arguments] == [(64, 1024), (1024, 3072)]
        return 0.25

    monkeypatch.setattr(hardware, "time_call", call_once)
    assert time_matmul(dtype) == 0.25


class Clock:
    """A clock that goes on only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        """Return the time, as `time.perf_counter`."""
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Replace the clock of the module."""
    clock = Clock()
    monkeypatch.setattr(hardware, "time", clock)
    return clock


def test_the_least_time_counts_but_not_the_first(clock: Clock) -> None:
    durations = iter([0.5, 1.25, 1.0])  # after 1.5 s no more tries
    seen = []

    def work(argument: str) -> None:
        seen.append(argument)
        clock.seconds += next(durations)

    assert time_call(work, "x") == 1_000  # milliseconds
    assert seen == ["x"] * 3


def test_short_calls_are_tried_seven_times(clock: Clock) -> None:
    durations = iter([9.0, 0.2, 0.25, 0.2, 0.2, 0.2, 0.2, 0.125])

    def work() -> None:
        clock.seconds += next(durations)

    assert time_call(work) == 125
    assert next(durations, None) is None


def test_a_call_is_timed_until_its_result_is_there(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a GPU: the call returns at once, the result takes two seconds.
    def two_seconds(result: object) -> None:
        assert result == "result"
        clock.seconds += 2

    monkeypatch.setattr(hardware, "wait_for", two_seconds)
    assert time_call(lambda: "result") == 2_000


def test_all_tensors_of_a_result_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited_for = []
    monkeypatch.setattr(
        type(tf.constant(0)),
        "numpy",
        lambda tensor: waited_for.append(int(tensor[...].shape.rank)),
    )
    wait_for({"a": tf.zeros(()), "b": [tf.zeros((2, 3)), 7, "text", None]})
    assert waited_for == [0, 2]


def test_whether_xla_works_is_tried_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def no_xla(function: object, jit_compile: bool) -> object:
        tries.append(jit_compile)

        def call(argument: object) -> None:
            raise tf.errors.UnimplementedError(None, None, "no XLA here")

        return call

    monkeypatch.setattr(tf, "function", no_xla)
    assert xla_works() is xla_works() is False
    assert tries == [True]
    monkeypatch.undo()
    xla_works.cache_clear()
    assert isinstance(xla_works(), bool)


# What is measured is kept for a day.


@pytest.fixture
def measurements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[float]]:
    """Return a function that asks at a time of day for a measurement."""
    now = [0.0]
    monkeypatch.setattr(hardware, "time", SimpleNamespace(time=lambda: now[0]))

    def ask(seconds: float, name: str = "a step") -> list[float]:
        now[0] = seconds
        value = remembered(name, lambda: seconds, tmp_path / "build")
        return [value]

    return ask


def test_a_measurement_is_used_for_a_day(measurements) -> None:
    assert measurements(1_000.0) == [1_000.0]
    assert measurements(1_000.0 + 86_399) == [1_000.0]
    assert measurements(1_000.0 + 86_401) == [87_401.0]
    # A clock that was set back.
    assert measurements(500.0) == [500.0]


def test_each_has_its_name(measurements) -> None:
    assert measurements(10.0, "one") == [10.0]
    assert measurements(20.0, "two") == [20.0]
    assert measurements(30.0, "one") == [10.0]
    assert measurements(40.0, "two") == [20.0]


def test_another_machine_measures_for_itself(
    measurements, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert measurements(10.0) == [10.0]
    monkeypatch.setattr(hardware.platform, "node", lambda: "elsewhere")
    assert measurements(20.0) == [20.0]


def test_words_are_kept_too(tmp_path: Path) -> None:
    for measure in (lambda: "float32", lambda: "another"):
        assert remembered("format", measure, tmp_path) == "float32"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'{"x": 3}', b"\xff", b"null", b'{"x": {"time": "a"}}'],
)
def test_a_damaged_file_is_written_anew(
    measurements, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "build" / "measured.json"
    path.parent.mkdir()
    path.write_bytes(content)
    assert measurements(10.0) == [10.0]
    assert measurements(20.0) == [10.0]


def test_where_nothing_can_be_written_it_is_measured_again(
    measurements, tmp_path: Path
) -> None:
    (tmp_path / "build").touch()  # a file where the folder should be
    assert measurements(10.0) == [10.0]
    assert measurements(20.0) == [20.0]
