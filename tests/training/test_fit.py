"""The loss, and the callbacks of fit."""

import contextlib
import io
import math
import re
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from textgen_helpers.model.build import recurrent_layers
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.training import duration, fit
from textgen_helpers.training.fit import (
    EpochLogger,
    EpochTimer,
    ResetStates,
    check_loss,
    loss,
    nats_to_bits,
)

BATCHES = stream_batches(np.arange(81, dtype=np.int32) % 65, 10, 4)  # two


class Clock:
    """A clock that goes on only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def read(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the callbacks a clock that the test controls."""
    clock = Clock()
    fake = SimpleNamespace(perf_counter=clock.read, monotonic=clock.read)
    monkeypatch.setattr(fit, "time", fake)
    monkeypatch.setattr(duration, "time", fake)
    return clock


class Delays(keras.callbacks.Callback):
    """Let the clock go on: in each step, and in each one of a measurement."""

    def __init__(self, clock: Clock, step: float, test_step: float) -> None:
        super().__init__()
        self.clock = clock
        self.step = step
        self.test_step = test_step

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        self.clock.seconds += self.step

    def on_test_batch_begin(self, batch: int, logs: object = None) -> None:
        self.clock.seconds += self.test_step


def test_the_loss_is_minus_log_of_the_right_character() -> None:
    logits = np.array([[[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]], np.float32)
    values = loss(np.array([[0, 2]]), logits).numpy()
    right = math.exp(2) / (math.exp(2) + math.exp(1) + 1)
    assert values.shape == (1, 2)
    assert values[0] == pytest.approx([-math.log(right), math.log(3)])


def test_one_bit_is_log_2_nats() -> None:
    assert nats_to_bits(math.log(2)) == 1
    assert nats_to_bits(math.log(65)) == pytest.approx(math.log2(65))
    nats = np.array([0.0, math.log(2), math.log(4)])
    assert nats_to_bits(nats) == pytest.approx([0, 1, 2])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_refused(value: float) -> None:
    check_loss(4.2)
    with pytest.raises(ValueError, match=f"The loss is {value}, so the train"):
        check_loss(value)


def test_states_are_reset_before_each_epoch_and_measurement(tiny) -> None:
    class StateRecorder(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.records: list[tuple[str, bool]] = []

        def _record(self, name: str) -> None:
            (gru,) = recurrent_layers(self.model)
            is_empty = not np.any(gru.states[0].numpy())
            self.records.append((name, is_empty))

        def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
            self._record(f"train {batch}")

        def on_test_batch_begin(self, batch: int, logs: object = None) -> None:
            self._record(f"test {batch}")

    recorder = StateRecorder()
    tiny.compile("adam", loss=loss)
    tiny.fit(
        BATCHES,
        epochs=2,
        validation_data=BATCHES,
        callbacks=[ResetStates(), recorder],
        shuffle=False,
        verbose=0,
    )
    epoch = [("train 0", True), ("train 1", False)]
    epoch += [("test 0", True), ("test 1", False)]
    assert recorder.records == epoch * 2


def visible_lines(output: str) -> list[str]:
    """Return what stays on a screen: a carriage return overwrites a line."""
    return [line.split("\r")[-1] for line in output.split("\n")[:-1]]


def log_of(tiny, clock: Clock, step: float, epochs: int) -> tuple[str, dict]:
    """Train with steps of so many seconds; return output and history."""
    tiny.compile("adam", loss=loss)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        history = tiny.fit(
            BATCHES,
            epochs=epochs,
            validation_data=BATCHES,
            callbacks=[Delays(clock, step, 0), EpochLogger(BATCHES)],
            shuffle=False,
            verbose=0,
        ).history
    return output.getvalue(), history


def test_one_line_for_each_epoch(tiny, clock) -> None:
    output, history = log_of(tiny, clock, EpochLogger.REFRESH + 1, 2)
    assert "Epoch 1/2: batch 1/2, loss " in output
    assert "Epoch 2/2: batch 2/2, loss " in output
    first, *lines = visible_lines(output)
    assert first == "4 steps: a few seconds on this machine"
    assert len(lines) == 2
    for i, line in enumerate(lines):
        nats = history["val_loss"][i]
        assert line == (
            f"Epoch {i + 1}/2: loss {history['loss'][i]:.4f}, validation "
            f"{nats:.4f} nats = {nats_to_bits(nats):.2f} bits, 6.0 s"
        )


def test_the_moving_line_waits_before_it_changes(tiny, clock) -> None:
    output, history = log_of(tiny, clock, EpochLogger.REFRESH - 0.5, 1)
    assert "batch 1/2" not in output and "batch 2/2" in output
    assert visible_lines(output)[1].startswith(
        f"Epoch 1/1: loss {history['loss'][0]:.4f}, validation "
    )


def test_a_training_that_is_late_says_how_long_it_still_takes(
    tiny, clock, monkeypatch
) -> None:
    monkeypatch.setattr(duration, "START_SECONDS", 0.0)
    output, _ = log_of(tiny, clock, 20.0, 3)
    late = re.findall(r"batch (\d)/2, loss [\d.]+(.*?)\r", output)
    assert late == [
        (batch, f" (longer than announced: about {more} more)")
        for batch, more in zip(
            "12121", ("2 min", "80 s", "60 s", "40 s", "20 s"), strict=True
        )
    ] + [("2", "")]


def test_each_training_has_an_announcement_of_its_own(tiny, clock) -> None:
    logger = EpochLogger(BATCHES)
    tiny.compile("adam", loss=loss)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        for first, last in ((0, 2), (2, 3)):
            tiny.fit(
                BATCHES,
                initial_epoch=first,
                epochs=last,
                callbacks=[logger],
                shuffle=False,
                verbose=0,
            )
    lines = visible_lines(output.getvalue())
    assert [line.split(":")[0] for line in lines] == [
        "4 steps",
        "Epoch 1/2",
        "Epoch 2/2",
        "2 steps",
        "Epoch 3/3",
    ]


def test_seconds_are_those_of_the_steps_alone(tiny, clock) -> None:
    tiny.compile("adam", loss=loss)
    history = tiny.fit(
        BATCHES,
        epochs=2,
        validation_data=BATCHES,
        callbacks=[Delays(clock, 0.25, 100), EpochTimer()],
        shuffle=False,
        verbose=0,
    ).history
    assert history["seconds"] == [0.5, 0.5]
