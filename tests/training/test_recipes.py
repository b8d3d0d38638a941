"""Recipes: their sizes and schedules, and a training that can be stopped."""

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.model.build import recurrent_layers
from textgen_helpers.model.checkpoints import (
    describe_training,
    list_checkpoints,
    load_for_generation,
    read_checkpoint,
    read_weights,
)
from textgen_helpers.settings import FULL, QUICK, Settings
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.training import recipes
from textgen_helpers.training.fit import EpochTimer
from textgen_helpers.training.loop import train
from textgen_helpers.training.recipes import (
    FIRST_LR_RATIO,
    MIN_LR_RATIO,
    ONE_MINUTE,
    RECIPES,
    THREE_MINUTES,
    compiled_model,
    make_optimizer,
    read_history,
    recipe_for,
    train_recipe,
)

from .equal_checkpoints import assert_same_arrays

Run = Callable[..., Path]


def weights(path: Path) -> list[np.ndarray]:
    return load_for_generation(path)[0].get_weights()


# Sizes and schedules.


def test_each_profile_has_a_recipe_that_keeps_text_and_folder(tmp_path) -> None:
    for settings, recipe in ((QUICK, ONE_MINUTE), (FULL, THREE_MINUTES)):
        own = replace(
            settings,
            corpus="poems.txt",
            dtype="mixed_bfloat16",
            checkpoint_dir=tmp_path,
        )
        assert recipe_for(own) == replace(
            recipe,
            profile=own.profile,
            corpus="poems.txt",
            dtype="mixed_bfloat16",
            checkpoint_dir=tmp_path,
        )


def test_recipes_have_their_names() -> None:
    assert list(RECIPES) == ["one-minute", "three-minutes", "twenty-minutes"]
    assert all(name == recipe.profile for name, recipe in RECIPES.items())


@pytest.mark.parametrize("steps", [10, 200])
def test_the_rate_rises_and_falls_as_planned(steps: int) -> None:
    optimizer = make_optimizer(ONE_MINUTE, steps)
    rates = []
    for step in range(steps + 1):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    peak = int(np.argmax(rates))
    assert peak == min(ONE_MINUTE.warmup_steps, steps // 5)
    assert rates[peak] == pytest.approx(ONE_MINUTE.learning_rate)
    first, last = rates[0], rates[-1]
    assert first == pytest.approx(FIRST_LR_RATIO * ONE_MINUTE.learning_rate)
    assert last == pytest.approx(MIN_LR_RATIO * ONE_MINUTE.learning_rate)
    assert np.all(np.diff(rates[: peak + 1]) > 0)
    assert np.all(np.diff(rates[peak:]) < 0)
    assert optimizer.global_clipnorm == 1


def test_a_recipe_s_model_has_its_sizes_and_is_the_same_each_time() -> None:
    recipe = replace(
        ONE_MINUTE, rnn_layers=2, rnn_units=6, embedding_dim=5, batch_size=3
    )
    model, twin = (compiled_model(recipe, 7, 10) for _ in range(2))
    pairs = zip(model.get_weights(), twin.get_weights(), strict=True)
    for array, expected in pairs:
        assert np.array_equal(array, expected)
    assert [layer.units for layer in recurrent_layers(model)] == [6, 6]
    assert model.layers[0].output_dim == 5 and model.input_shape == (3, None)
    rates = {layer.rate for layer in model.layers if hasattr(layer, "rate")}
    assert rates == {recipe.dropout, recipe.dropout / 4}
    assert model.optimizer.weight_decay == recipe.weight_decay
    assert model.compiled and model.optimizer.global_clipnorm == 1
    stateless = compiled_model(recipe, 7, 10, stateful=False)
    assert not any(layer.stateful for layer in recurrent_layers(stateless))
    mixed = compiled_model(replace(recipe, dtype="mixed_bfloat16"), 7, 10)
    assert recurrent_layers(mixed)[0].compute_dtype == "bfloat16"


def test_a_recipe_s_model_leaves_other_random_numbers_alone() -> None:
    keras.utils.set_random_seed(5)
    expected = (
        random.random(),
        np.random.random(),
        tf.random.uniform(()).numpy(),
    )
    keras.utils.set_random_seed(5)
    compiled_model(replace(ONE_MINUTE, rnn_units=6), 7, 10)
    numbers = random.random(), np.random.random(), tf.random.uniform(()).numpy()
    assert numbers == expected


# A training by a recipe.


@pytest.fixture
def small(tmp_path) -> Settings:
    """Return a recipe of a second, with all that may differ in a resume."""
    return replace(
        ONE_MINUTE,
        seq_length=10,
        batch_size=4,
        embedding_dim=8,
        rnn_units=16,
        epochs=3,
        dropout=0.5,
        weight_decay=0.1,
        dtype="float32",
        checkpoint_dir=tmp_path / "training",
    )


@pytest.fixture
def run(small, vocabulary, ids) -> Run:
    """Return a function that trains by a recipe, by the small one at first."""

    def run(
        recipe: Settings = small, train_ids: np.ndarray = ids[:1_000], **options
    ) -> Path:
        validation_ids = ids[-500:]
        return train_recipe(
            recipe, vocabulary, train_ids, validation_ids, **options
        )

    return run


@pytest.fixture(scope="module")
def whole_dir(tmp_path_factory) -> Path:
    """Return the folder of one training that several tests read."""
    return tmp_path_factory.mktemp("whole")


@pytest.fixture
def whole(run, small, whole_dir) -> Path:
    """Return the last checkpoint of the small recipe, trained once for all."""
    return run(replace(small, checkpoint_dir=whole_dir))


@pytest.fixture
def finished(whole, small, capsys) -> Path:
    """Return the last checkpoint of a test's own copy of that training."""
    shutil.copytree(whole.parent, small.checkpoint_dir)
    capsys.readouterr()
    return small.checkpoint_dir / whole.name


def test_each_epoch_is_saved_and_written_down(run, small, ids, capsys) -> None:
    path = run()
    output = capsys.readouterr().out
    paths = list_checkpoints(small.checkpoint_dir)
    assert [p.name for p in paths] == [f"ckpt_{i}.npz" for i in (1, 2, 3)]
    assert path == paths[2]
    training = describe_training(small, ids[:1_000])
    histories = [read_history(p) for p in paths]
    for epoch, (p, history) in enumerate(
        zip(paths, histories, strict=True), start=1
    ):
        assert read_checkpoint(p)["epoch"] == epoch
        assert read_checkpoint(p)["training"] == training
        assert set(history) == {"loss", "val_loss", "seconds"}
        for name, values in history.items():
            assert values == histories[2][name][:epoch]
            assert len(values) == epoch
    assert output.count("validation") == 3
    assert f"{histories[2]['val_loss'][2]:.4f} nats" in output


def test_what_is_finished_is_not_trained_again(
    run, finished, monkeypatch, capsys
) -> None:
    content = finished.read_bytes()
    monkeypatch.setattr(recipes, "compiled_model", None)  # not built
    assert run() == finished
    assert capsys.readouterr().out == ""
    assert finished.read_bytes() == content


def test_a_resumed_training_equals_a_whole_one_bit_for_bit(
    run, whole, small, tmp_path, capsys
) -> None:
    history = read_history(whole)
    for epoch in (1, 2):
        folder = tmp_path / f"resumed after {epoch}"
        folder.mkdir()
        for i in range(1, epoch + 1):
            shutil.copy(whole.with_name(f"ckpt_{i}.npz"), folder)
        keras.utils.set_random_seed(epoch)  # what was before must not matter
        capsys.readouterr()
        path = run(replace(small, epochs=3, checkpoint_dir=folder))
        output = capsys.readouterr().out
        assert f"Epoch {epoch}/3" not in output
        assert f"Epoch {epoch + 1}/3" in output
        for i in range(epoch + 1, 4):
            name = f"ckpt_{i}.npz"
            assert_same_arrays(folder / name, whole.with_name(name))
        resumed = read_history(path)
        assert resumed["loss"] == history["loss"]
        assert resumed["val_loss"] == history["val_loss"]
        assert resumed["seconds"][:epoch] == history["seconds"][:epoch]
        assert len(resumed["seconds"]) == 3


def test_a_stop_in_the_middle_of_an_epoch_keeps_the_others(
    run, small, monkeypatch, capsys
) -> None:
    def stop(self: object, batch: int, logs: object = None) -> None:
        if batch == 20 and list_checkpoints(small.checkpoint_dir):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(EpochTimer, "on_train_batch_end", stop)
        run()
    assert len(list_checkpoints(small.checkpoint_dir)) == 1
    capsys.readouterr()
    path = run()
    output = capsys.readouterr().out
    assert "Epoch 1/3" not in output and "Epoch 2/3" in output
    history = read_history(path)
    assert [len(values) for values in history.values()] == [3, 3, 3]


def test_a_failed_training_says_so_and_keeps_the_epochs_before(
    run, small, monkeypatch
) -> None:
    start_clock = EpochTimer.on_epoch_begin

    def spoil(self: EpochTimer, epoch: int, logs: object = None) -> None:
        start_clock(self, epoch)
        if epoch == 1:
            arrays = self.model.get_weights()
            self.model.set_weights([array * np.nan for array in arrays])

    monkeypatch.setattr(EpochTimer, "on_epoch_begin", spoil)
    with pytest.raises(ValueError, match="loss is nan, so the training has"):
        run()
    (path,) = list_checkpoints(small.checkpoint_dir)
    assert read_checkpoint(path)["epoch"] == 1
    assert all(np.isfinite(array).all() for array in weights(path))


def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(
    run, finished, capsys
) -> None:
    arrays, _ = read_weights(finished)
    content = finished.read_bytes()
    finished.write_bytes(content[: len(content) // 2])
    assert run() == finished
    output = capsys.readouterr().out
    assert output.startswith(f"{finished} is damaged")
    assert "Epoch 2/3" not in output and "Epoch 3/3" in output
    repaired, description = read_weights(finished)
    assert len(description["history"]["loss"]) == 3
    for name, array in arrays.items():
        assert np.array_equal(repaired[name], array)


@pytest.mark.usefixtures("finished")
def test_a_training_by_another_recipe_is_not_continued(
    run, small, ids, capsys
) -> None:
    for other in (replace(small, epochs=2), replace(small, embedding_dim=6)):
        path = run(other)
        assert "Epoch 1/" in capsys.readouterr().out
        description = read_checkpoint(path)
        assert description["training"] == describe_training(other, ids[:1_000])


@pytest.mark.usefixtures("finished")
def test_another_text_is_trained_again(run, small, ids, capsys) -> None:
    text = ids[2_000:3_000]
    path = run(small, text)
    assert capsys.readouterr().out.count("Epoch 1/3: loss") == 1
    assert read_checkpoint(path)["training"] == describe_training(small, text)
    assert len(read_history(path)["loss"]) == 3


@pytest.mark.usefixtures("finished")
def test_another_text_is_not_mixed_in_when_resuming(
    run, small, ids, tmp_path, capsys
) -> None:
    text = ids[2_000:3_000]
    elsewhere = replace(small, checkpoint_dir=tmp_path / "elsewhere")
    expected = run(elsewhere, text)
    # One epoch on the second text, two later ones of the first text.
    shutil.copy(expected.with_name("ckpt_1.npz"), small.checkpoint_dir)
    capsys.readouterr()
    path = run(small, text)
    output = capsys.readouterr().out
    assert "Epoch 1/3" not in output and "Epoch 2/3" in output
    assert_same_arrays(path, expected)
    assert read_history(path)["loss"] == read_history(expected)["loss"]


def test_it_trains_as_a_loop_of_one_s_own_does(
    run, small, vocabulary, ids
) -> None:
    # Without dropout: fit and the loop may ask for its numbers differently.
    recipe = replace(small, dropout=0.0)
    path = run(recipe)
    batches = stream_batches(ids[:1_000], recipe.seq_length, recipe.batch_size)
    model = compiled_model(recipe, len(vocabulary), len(batches))
    optimizer = make_optimizer(recipe, recipe.epochs * len(batches))
    train(model, batches, recipe.epochs, optimizer=optimizer)
    for array, expected in zip(weights(path), model.get_weights(), strict=True):
        assert np.allclose(array, expected, rtol=0, atol=1e-5)


def test_a_bar_takes_the_place_of_lines(run, capsys) -> None:
    run(verbose=2)
    output = capsys.readouterr().out
    assert "Epoch 3/3" in output and "val_loss" in output
    assert "validation" not in output


def test_a_text_that_is_too_short_is_refused(run, small, ids) -> None:
    with pytest.raises(ValueError, match="take a longer text"):
        run(small, ids[:20])
    assert list_checkpoints(small.checkpoint_dir) == []
