"""The loop that does what fit does."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.model.build import build_model
from textgen_helpers.model.checkpoints import (
    latest_checkpoint,
    list_checkpoints,
    load_checkpoint,
    load_for_generation,
)
from textgen_helpers.settings import QUICK
from textgen_helpers.text.batches import stream_batches, window_batches
from textgen_helpers.training import duration, loop
from textgen_helpers.training.fit import ResetStates, loss
from textgen_helpers.training.loop import make_train_step, train

from .equal_checkpoints import assert_same_arrays


def new_model(seed: int = 0, dropout: float = 0.0) -> keras.Sequential:
    keras.utils.set_random_seed(seed)
    return build_model(65, 8, 16, batch_size=4, dropout=dropout)


@pytest.mark.parametrize("cut", [window_batches, stream_batches])
def test_loop_and_fit_reach_the_same_weights(cut, ids) -> None:
    # `fit` asks for one more shuffle than a plain loop: one order for both.
    order = [np.stack(x) for x in zip(*cut(ids[:2_000], 10, 4), strict=True)]
    batches = tf.data.Dataset.from_tensor_slices(tuple(order))
    by_loop, by_fit = new_model(), new_model()
    history = train(by_loop, batches, 3)
    by_fit.compile("adam", loss=loss)
    fit_history = by_fit.fit(
        batches,
        epochs=3,
        callbacks=[ResetStates()],
        shuffle=False,
        verbose=0,
    ).history
    # The operations are the same; only their order of summing may differ.
    pairs = zip(by_loop.get_weights(), by_fit.get_weights(), strict=True)
    for weights, expected in pairs:
        assert np.allclose(weights, expected, rtol=0, atol=1e-5)
    assert history["loss"] == pytest.approx(fit_history["loss"], abs=1e-5)


def test_a_step_returns_the_loss_before_it_and_changes_the_weights(
    ids,
) -> None:
    model = new_model()
    train_step = make_train_step(model, keras.optimizers.SGD(0.1))
    inputs, targets = next(iter(stream_batches(ids, 10, 4)))
    before = model.get_weights()
    expected = tf.reduce_mean(loss(targets, model(inputs)))
    model.layers[1].reset_state()
    assert float(train_step(inputs, targets)) == pytest.approx(float(expected))
    for old, new in zip(before, model.get_weights(), strict=True):
        assert not np.array_equal(old, new)


def test_it_learns(ids) -> None:
    optimizer = keras.optimizers.Adam(0.01)
    batches = stream_batches(ids[:3_000], 10, 4)
    losses = train(new_model(), batches, 2, optimizer=optimizer)["loss"]
    assert losses[1] < losses[0] < np.log(65)


def test_it_prints_the_mean_loss_and_every_hundredth_batch(ids, capsys) -> None:
    history = train(new_model(), stream_batches(ids[:8_200], 10, 4), 1)
    lines = capsys.readouterr().out.splitlines()
    starts = [
        "204 steps: a few seconds on this machine",
        "Epoch 1 Batch 0 Loss",
    ]
    starts += ["Epoch 1 Batch 100", "Epoch 1 Batch 200"]
    assert len(lines) == 5
    for line, start in zip(lines, starts, strict=False):
        assert line.startswith(start)
    assert lines[-1].startswith(f"Epoch 1 Loss {history['loss'][0]:.4f} (")
    assert len(history["seconds"]) == 1


def test_a_late_training_says_how_long_it_still_takes(
    ids, capsys, monkeypatch
) -> None:
    monkeypatch.setattr(duration, "training_seconds", lambda *_: -1.0)
    train(new_model(), stream_batches(ids[:100], 10, 4), 3)
    lines = capsys.readouterr().out.splitlines()
    ends = [line for line in lines if re.match(r"Epoch \d Loss", line)]
    late = [line.endswith(" more)") for line in ends]
    assert late == [True, True, False]


@pytest.mark.parametrize(
    ("epochs", "saved"), [(1, [1]), (5, [5]), (7, [5, 7]), (10, [5, 10])]
)
def test_every_fifth_epoch_and_the_last_are_saved(
    epochs, saved, ids, vocabulary, tmp_path
) -> None:
    model = new_model()
    train(
        model,
        stream_batches(ids[:100], 10, 4),
        epochs,
        checkpoint_dir=tmp_path,
        vocabulary=vocabulary,
        settings=QUICK,
    )
    names = [path.name for path in list_checkpoints(tmp_path)]
    assert names == [f"ckpt_{epoch}.npz" for epoch in saved]
    restored, _ = load_for_generation(latest_checkpoint(tmp_path))
    pairs = zip(restored.get_weights(), model.get_weights(), strict=True)
    for weights, expected in pairs:
        assert np.array_equal(weights, expected)


def test_a_resumed_training_equals_a_whole_one_bit_for_bit(
    ids, vocabulary, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(loop, "SAVE_EVERY", 1)
    batches = stream_batches(ids[:1_000], 10, 4)

    def new_optimizer() -> keras.optimizers.Optimizer:
        return keras.optimizers.AdamW(0.01, weight_decay=0.1)

    def run(model, folder: Path, **options) -> list[float]:
        return train(
            model,
            batches,
            3,
            checkpoint_dir=folder,
            vocabulary=vocabulary,
            settings=QUICK,
            **options,
        )["loss"]

    whole_dir = tmp_path / "whole"
    losses = run(new_model(dropout=0.5), whole_dir, optimizer=new_optimizer())
    for epoch in (1, 2):
        # What comes before the load must not matter, nor must other seeds.
        model, optimizer = new_model(seed=7, dropout=0.5), new_optimizer()
        path = whole_dir / f"ckpt_{epoch}.npz"
        load_checkpoint(model, vocabulary, path, optimizer=optimizer)
        folder = tmp_path / str(epoch)
        rest = run(model, folder, optimizer=optimizer, initial_epoch=epoch)
        assert rest == losses[epoch:]
        for name in ("ckpt_2.npz", "ckpt_3.npz")[epoch - 1 :]:
            assert_same_arrays(folder / name, whole_dir / name)


def test_a_finished_training_is_left_as_it_is(ids, capsys) -> None:
    model = new_model()
    before = model.get_weights()
    batches = stream_batches(ids[:100], 10, 4)
    history = train(model, batches, 2, initial_epoch=2)
    assert history == {"loss": [], "seconds": []}
    assert capsys.readouterr().out == ""
    for old, new in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(old, new)


def test_a_failed_training_says_so_and_is_not_saved(
    ids, vocabulary, tmp_path
) -> None:
    model = new_model()
    model.set_weights([weight * np.nan for weight in model.get_weights()])
    with pytest.raises(ValueError, match="loss is nan, so the training has"):
        train(
            model,
            stream_batches(ids[:100], 10, 4),
            1,
            checkpoint_dir=tmp_path,
            vocabulary=vocabulary,
            settings=QUICK,
        )
    assert list_checkpoints(tmp_path) == []


def test_bad_input_gets_one_clear_sentence(ids, tmp_path) -> None:
    batches = stream_batches(ids[:100], 10, 4)
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        train(new_model(), batches, 0)
    with pytest.raises(ValueError, match="There is no batch"):
        train(new_model(), batches.take(0), 1)
    with pytest.raises(ValueError, match="vocabulary and the settings"):
        train(new_model(), batches, 1, checkpoint_dir=tmp_path)
