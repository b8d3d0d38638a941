"""The loss, and the callbacks of fit."""

import math
import time

import keras
import numpy as np
import pytest

from textgen_helpers import (
    EpochLines,
    ResetStates,
    loss,
    nats_to_bits,
    recurrent_layers,
    stream_batches,
)
from textgen_helpers.training import TrainingSeconds


def test_the_loss_is_minus_log_of_the_right_character() -> None:
    logits = np.array([[[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]]], np.float32)
    values = loss(np.array([[0, 2]]), logits).numpy()
    right = math.exp(2) / (math.exp(2) + math.exp(1) + 1)
    assert values.shape == (1, 2)
    assert values[0] == pytest.approx([-math.log(right), math.log(3)])


def test_one_bit_is_log_2_nats() -> None:
    assert nats_to_bits(math.log(2)) == 1
    assert nats_to_bits(math.log(65)) == pytest.approx(math.log2(65))


def test_states_are_reset_before_each_epoch_and_measurement(tiny) -> None:
    class Watch(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.seen: list[tuple[str, bool]] = []

        def _look(self, what: str) -> None:
            (gru,) = recurrent_layers(self.model)
            empty = not np.any(keras.ops.convert_to_numpy(gru.states[0]))
            self.seen.append((what, empty))

        def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
            self._look(f"train {batch}")

        def on_test_batch_begin(self, batch: int, logs: object = None) -> None:
            self._look(f"test {batch}")

    watch = Watch()
    batches = stream_batches(np.arange(81, dtype=np.int32) % 65, 10, 4)
    tiny.compile("adam", loss=loss)
    tiny.fit(
        batches,
        epochs=2,
        validation_data=batches,
        callbacks=[ResetStates(), watch],
        shuffle=False,
        verbose=0,
    )
    epoch = [("train 0", True), ("train 1", False)]
    epoch += [("test 0", True), ("test 1", False)]
    assert watch.seen == epoch * 2


def test_one_line_for_each_epoch(
    tiny,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(EpochLines, "REFRESH", 0.0)
    batches = stream_batches(np.arange(81, dtype=np.int32) % 65, 10, 4)
    tiny.compile("adam", loss=loss)
    history = tiny.fit(
        batches,
        epochs=2,
        validation_data=batches,
        callbacks=[EpochLines()],
        shuffle=False,
        verbose=0,
    ).history
    printed = capsys.readouterr().out
    assert "Epoch 1/2: batch 1/2, loss 4." in printed
    # What a carriage return overwrites is gone from the screen.
    left = [line.split("\r")[-1] for line in printed.split("\n")[:-1]]
    for i, line in enumerate(left):
        held_out = history["val_loss"][i]
        assert line == (
            f"Epoch {i + 1}/2: loss {history['loss'][i]:.4f}, held-out "
            f"{held_out:.4f} nats = {nats_to_bits(held_out):.2f} bits"
        )
    assert len(left) == 2


def test_seconds_are_those_of_the_steps_alone(tiny) -> None:
    class Slow(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
            time.sleep(0.05)

        def on_test_batch_begin(self, batch: int, logs: object = None) -> None:
            time.sleep(3)

    batches = stream_batches(np.arange(81, dtype=np.int32) % 65, 10, 4)
    tiny.compile("adam", loss=loss)
    history = tiny.fit(
        batches,
        epochs=2,
        validation_data=batches.take(1),
        callbacks=[Slow(), TrainingSeconds()],
        shuffle=False,
        verbose=0,
    ).history
    assert len(history["seconds"]) == 2
    assert 0.1 <= history["seconds"][1] < 3  # the first one compiles
