"""A training that can be stopped: nothing is lost, nothing is done twice."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from textgen_helpers import (
    list_checkpoints,
    read_checkpoint,
    read_history,
    recipe_model,
    recipe_training,
    restore_for_sampling,
    stream_batches,
    train,
    train_recipe,
)
from textgen_helpers.recipes import ONE_MINUTE, planned_adam

SMALL = replace(
    ONE_MINUTE,
    seq_length=10,
    batch_size=4,
    embedding_dim=8,
    rnn_units=16,
    epochs=3,
    dropout=0.0,  # resumed, it draws other masks
)


@pytest.fixture
def run(vocabulary, ids, tmp_path, monkeypatch, capsys):
    """Return a function from a recipe to a checkpoint and what was printed."""
    monkeypatch.setenv("TEXTGEN_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("TEXTGEN_DTYPE", "float32")  # to compare exactly

    def train_it(recipe=SMALL, **options: int) -> tuple[Path, str]:
        parts = (vocabulary, ids[:2_000], ids[-500:])
        path = train_recipe(recipe, *parts, **options)
        return path, capsys.readouterr().out

    return train_it


def weights(path: Path) -> list[np.ndarray]:
    return restore_for_sampling(path)[0].get_weights()


def test_each_epoch_is_saved_and_written_down(run) -> None:
    path, printed = run()
    assert path == list_checkpoints(SMALL.checkpoint_dir)[2]
    assert read_checkpoint(path)["settings"] == asdict(SMALL)
    history = read_history(SMALL)
    assert printed.count("held-out") == 3
    for name in ("loss", "val_loss", "seconds"):
        assert len(history[name]) == 3
    assert f"{history['val_loss'][2]:.4f} nats" in printed
    assert history["loss"][2] < history["loss"][0]


def test_what_is_finished_is_not_trained_again(run, monkeypatch) -> None:
    path, _ = run()
    before = path.stat().st_mtime_ns
    monkeypatch.setattr(recipe_training, "recipe_model", None)  # not built
    assert run() == (path, "")
    assert path.stat().st_mtime_ns == before


def test_a_stopped_training_goes_on_where_it_was(run, monkeypatch) -> None:
    whole = weights(run()[0])
    first = read_history(SMALL)
    for path in list_checkpoints(SMALL.checkpoint_dir)[1:]:
        path.unlink()
    path, printed = run()
    assert "Epoch 1/3" not in printed and "Epoch 2/3" in printed
    for a, b in zip(whole, weights(path), strict=True):
        assert np.allclose(a, b, rtol=0, atol=1e-5)
    again = read_history(SMALL)
    assert again["loss"] == pytest.approx(first["loss"], abs=1e-5)
    assert again["seconds"][0] == first["seconds"][0]


def test_a_stop_in_the_middle_of_an_epoch_keeps_the_others(
    run, monkeypatch, capsys
) -> None:
    def stop(self: object, batch: int, logs: object = None) -> None:
        if batch == 20 and list_checkpoints(SMALL.checkpoint_dir):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(
            "textgen_helpers.training.TrainingSeconds.on_train_batch_end", stop
        )
        run()
    assert len(list_checkpoints(SMALL.checkpoint_dir)) == 1
    capsys.readouterr()
    _, printed = run()
    assert "Epoch 1/3" not in printed
    assert len(read_history(SMALL)["loss"]) == 3


def test_a_training_by_another_recipe_is_not_continued(run) -> None:
    run()
    for other in (replace(SMALL, epochs=2), replace(SMALL, rnn_units=12)):
        path, printed = run(other)
        assert "Epoch 1/" in printed
        assert read_checkpoint(path)["settings"] == asdict(other)


def test_it_trains_as_a_loop_of_one_s_own_does(run, vocabulary, ids) -> None:
    path, _ = run()
    batches = stream_batches(ids[:2_000], 10, 4)
    model = recipe_model(SMALL, len(vocabulary), len(batches))
    optimizer = planned_adam(SMALL, SMALL.epochs * len(batches))
    train(model, batches, SMALL.epochs, optimizer=optimizer)
    for a, b in zip(weights(path), model.get_weights(), strict=True):
        assert np.allclose(a, b, rtol=0, atol=1e-5)


def test_a_bar_takes_the_place_of_lines(run) -> None:
    _, printed = run(verbose=2)
    assert "Epoch 3/3" in printed and "val_loss" in printed
    assert "held-out" not in printed
