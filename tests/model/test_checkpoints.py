"""A model to a file and back, and what may go wrong on the way."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from textgen_helpers.model import checkpoints
from textgen_helpers.model.build import build_model, reset_states
from textgen_helpers.model.checkpoints import (
    describe_training,
    latest_checkpoint,
    list_checkpoints,
    load_checkpoint,
    load_for_generation,
    read_checkpoint,
    read_weights,
    save_checkpoint,
    write_weights,
)
from textgen_helpers.settings import QUICK
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.text.disk import encode_to_disk
from textgen_helpers.text.vocabulary import Vocabulary
from textgen_helpers.training.fit import loss
from textgen_helpers.training.loop import make_train_step

from ..killed_writer import kill_while_writing

Saver = Callable[[int], Path]


@pytest.fixture
def save(
    tiny: keras.Sequential, vocabulary: Vocabulary, tmp_path: Path
) -> Saver:
    """Return a function that saves the tiny model after an epoch."""

    def save(epoch: int) -> Path:
        return save_checkpoint(tiny, epoch, tmp_path, vocabulary, QUICK)

    return save


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return what each file in a folder holds, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def seed_states(model: keras.Sequential) -> list[np.ndarray]:
    """Return the states of dropout's random numbers."""
    return [
        layer.seed_generator.state.numpy()
        for layer in model.layers
        if isinstance(layer, keras.layers.Dropout)
    ]


def assert_equal(arrays: list, expected: list) -> None:
    for a, b in zip(arrays, expected, strict=True):
        assert np.array_equal(a, b)


# What a file holds.


def test_a_checkpoint_is_one_file_with_all_that_a_model_needs(
    save: Saver, tiny: keras.Sequential, vocabulary: Vocabulary
) -> None:
    path = save(3)
    assert [file.name for file in path.parent.iterdir()] == ["ckpt_3.npz"]
    model, loaded_vocabulary = load_for_generation(path)
    assert loaded_vocabulary.characters == vocabulary.characters
    assert model.input_shape == (1, None)
    assert_equal(model.get_weights(), tiny.get_weights())


def test_its_description_says_what_was_trained(
    tiny: keras.Sequential,
    vocabulary: Vocabulary,
    ids: np.ndarray,
    tmp_path: Path,
) -> None:
    path = save_checkpoint(
        tiny,
        2,
        tmp_path,
        vocabulary,
        QUICK,
        train_ids=ids,
        history={"loss": [2.5, 2.0]},
    )
    assert read_checkpoint(path) == {
        "epoch": 2,
        "model": {
            "embedding_dim": 8,
            "rnn_units": 16,
            "rnn_layers": 1,
            "dropout": 0.0,
        },
        "vocabulary": vocabulary.characters,
        "history": {"loss": [2.5, 2.0]},
        "training": describe_training(QUICK, ids),
    }


def test_another_training_has_another_description(ids: np.ndarray) -> None:
    description = describe_training(QUICK, ids)
    assert description["settings"] == QUICK.hyperparameters()
    assert describe_training(QUICK, ids.astype(np.int64)) == description
    elsewhere = replace(QUICK, checkpoint_dir=Path("elsewhere"))
    assert describe_training(elsewhere, ids) == description
    assert describe_training(QUICK, ids[1:]) != description
    assert describe_training(QUICK, None) != description
    for changed in (
        replace(QUICK, dtype="mixed_bfloat16"),
        replace(QUICK, learning_rate=1e-4),
    ):
        assert describe_training(changed, ids) != description


def test_a_text_has_one_hash_in_memory_and_on_disk(
    ids: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = hashlib.sha256(ids.astype("<i4").tobytes()).hexdigest()
    monkeypatch.setattr(checkpoints, "_PIECE", 1_000)
    encoded = encode_to_disk("sample", tmp_path)
    description = describe_training(QUICK, ids)
    assert description["train_ids_sha256"] == whole
    assert describe_training(QUICK, encoded) == description
    assert describe_training(QUICK, np.repeat(ids, 2)[::2]) == description
    part = describe_training(QUICK, encoded[5:2_500])
    assert part == describe_training(QUICK, ids[5:2_500])


def test_layers_and_dropout_are_rebuilt(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    model = build_model(65, 8, 16, 4, rnn_layers=2, dropout=0.25)
    save_checkpoint(model, 1, tmp_path, vocabulary, QUICK)
    loaded, _ = load_for_generation(tmp_path)
    assert [type(x) for x in loaded.layers] == [type(x) for x in model.layers]
    assert loaded.layers[3].rate == 0.25


@pytest.mark.parametrize("has_own_loop", [False, True])
def test_loading_restores_weights_optimizer_and_random_state(
    vocabulary: Vocabulary,
    ids: np.ndarray,
    tmp_path: Path,
    has_own_loop: bool,
) -> None:
    def new_model() -> keras.Sequential:
        model = build_model(65, 8, 16, 4, dropout=0.25)
        if not has_own_loop:
            model.compile(keras.optimizers.AdamW(0.01), loss=loss)
        return model

    def new_optimizer() -> keras.optimizers.Optimizer | None:
        return keras.optimizers.AdamW(0.01) if has_own_loop else None

    model, optimizer = new_model(), new_optimizer()
    batches = stream_batches(ids[:200], 10, 4)
    if optimizer:
        train_step = make_train_step(model, optimizer)
        for inputs, targets in batches:
            train_step(inputs, targets)
    else:
        model.fit(batches, shuffle=False, verbose=0)
    path = save_checkpoint(
        model, 1, tmp_path, vocabulary, QUICK, optimizer=optimizer
    )

    keras.utils.set_random_seed(7)
    loaded, loaded_optimizer = new_model(), new_optimizer()
    epoch = load_checkpoint(
        loaded, vocabulary, path, optimizer=loaded_optimizer
    )
    assert epoch == 1
    assert_equal(loaded.get_weights(), model.get_weights())
    assert_equal(seed_states(loaded), seed_states(model))
    old, new = (
        optimizer or model.optimizer,
        loaded_optimizer or loaded.optimizer,
    )
    assert int(new.iterations) == len(batches)
    assert_equal(new.variables, old.variables)
    reset_states(model)
    inputs, _ = next(iter(batches))
    logits = loaded(inputs, training=True)
    assert np.array_equal(logits, model(inputs, training=True))


def test_a_resumed_training_continues_as_if_not_interrupted(
    vocabulary: Vocabulary, ids: np.ndarray, tmp_path: Path
) -> None:
    batches = stream_batches(ids[:300], 10, 4)

    def new_model() -> keras.Sequential:
        keras.utils.set_random_seed(0)
        model = build_model(65, 8, 16, batch_size=4, dropout=0.25)
        model.compile(keras.optimizers.Adam(0.01), loss=loss, jit_compile=False)
        return model

    def train_epochs(model: keras.Sequential, count: int) -> None:
        for _ in range(count):
            reset_states(model)
            model.fit(batches, shuffle=False, verbose=0)

    def numbers_of(model: keras.Sequential) -> list[np.ndarray]:
        states = model.layers[2].states
        parts = (model.variables, model.optimizer.variables, states)
        return [variable.numpy() for part in parts for variable in part]

    uninterrupted = new_model()
    train_epochs(uninterrupted, 1)
    before = numbers_of(uninterrupted)
    path = save_checkpoint(uninterrupted, 1, tmp_path, vocabulary, QUICK)
    # Who saves goes on as if nothing had been saved.
    assert_equal(numbers_of(uninterrupted), before)
    train_epochs(uninterrupted, 1)
    keras.utils.set_random_seed(9)
    second = new_model()
    assert load_checkpoint(second, vocabulary, path) == 1
    train_epochs(second, 1)
    for a, b in zip(
        second.get_weights(), uninterrupted.get_weights(), strict=True
    ):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_weights_alone_load_into_a_compiled_model(
    save: Saver, tiny: keras.Sequential, vocabulary: Vocabulary
) -> None:
    path = save(1)  # the tiny model is not compiled: no optimizer inside
    model = build_model(65, 8, 16, batch_size=2)
    model.compile("adam", loss=loss)
    load_checkpoint(model, vocabulary, path)
    assert_equal(model.get_weights(), tiny.get_weights())


# Which files count.


def test_the_latest_is_the_highest_epoch(save: Saver, tmp_path: Path) -> None:
    for epoch in (2, 9, 10):
        save(epoch)
    names = [path.name for path in list_checkpoints(tmp_path)]
    assert names == ["ckpt_2.npz", "ckpt_9.npz", "ckpt_10.npz"]
    assert latest_checkpoint(tmp_path).name == "ckpt_10.npz"


def test_a_new_training_keeps_the_epochs_that_it_has_not_reached(
    save: Saver, tmp_path: Path
) -> None:
    for epoch in (1, 2, 3):
        save(epoch)
    save(2)
    assert len(list_checkpoints(tmp_path)) == len(list(tmp_path.iterdir())) == 3


def test_a_shorter_training_hides_the_last_epochs_of_an_older_one(
    save: Saver,
    tiny: keras.Sequential,
    vocabulary: Vocabulary,
    tmp_path: Path,
    ids: np.ndarray,
) -> None:
    for epoch in (1, 2, 3):
        save(epoch)
    assert latest_checkpoint(tmp_path).name == "ckpt_3.npz"
    other = (vocabulary, replace(QUICK, epochs=2))
    for epoch in (1, 2):
        save_checkpoint(tiny, epoch, tmp_path, *other, train_ids=ids)
    assert latest_checkpoint(tmp_path).name == "ckpt_2.npz"
    (tmp_path / "ckpt_1.npz").write_bytes(b"damaged")
    assert latest_checkpoint(tmp_path).name == "ckpt_2.npz"
    assert len(list_checkpoints(tmp_path)) == 3


def test_other_files_do_not_count(save: Saver, tmp_path: Path) -> None:
    path = save(1)
    for name in (
        "ckpt_best.npz",
        "ckpt_0.npz",
        "ckpt_2.npz.bak",
        "ckpt_-3.npz",
        ".part-4.npz",
        "other_5.npz",
    ):
        (tmp_path / name).touch()
    assert list_checkpoints(tmp_path) == [path]
    assert latest_checkpoint(tmp_path) == path


def test_without_a_checkpoint_training_is_advised(
    tmp_path: Path, tiny: keras.Sequential, vocabulary: Vocabulary
) -> None:
    for load in (latest_checkpoint, load_for_generation):
        with pytest.raises(
            FileNotFoundError, match=r"no checkpoint in .*: train first"
        ):
            load(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no file .*ckpt_1\.npz"):
        load_checkpoint(tiny, vocabulary, tmp_path / "ckpt_1.npz")


def test_old_checkpoints_are_named_as_such(
    tmp_path: Path, tiny: keras.Sequential, vocabulary: Vocabulary
) -> None:
    path = tmp_path / "ckpt_1.weights.h5"
    path.write_bytes(b"\x89HDF\r\n")
    path.with_name("ckpt_1.json").write_text("{}")
    message = "of an older version of this course: train again"
    with pytest.raises(FileNotFoundError, match=message):
        load_for_generation(tmp_path)
    with pytest.raises(ValueError, match=message):
        load_checkpoint(tiny, vocabulary, path)


# What is refused.


@pytest.mark.parametrize("epoch", [0, -1, True, 1.5, "1", None])
def test_an_epoch_that_is_no_number_above_0_is_refused(
    save: Saver, tmp_path: Path, epoch: int
) -> None:
    with pytest.raises(ValueError, match=r"must be a whole number, at least 1"):
        save(epoch)
    assert not list(tmp_path.iterdir())


def test_a_number_of_numpy_is_an_epoch(save: Saver) -> None:
    assert save(np.int64(3)).name == "ckpt_3.npz"


def test_what_is_no_checkpoint_is_named_and_passed_over(
    save: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = save(1)
    (tmp_path / "ckpt_2.npz").mkdir()
    arrays, _ = read_weights(first)
    write_weights(tmp_path / "ckpt_3.npz", arrays, {"made": "elsewhere"})
    assert latest_checkpoint(tmp_path) == first
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "ckpt_3.npz holds a model, but is no checkpoint" in lines[0]
    assert "ckpt_2.npz" in lines[1]


def test_another_model_s_vocabulary_is_not_saved(
    tiny: keras.Sequential, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="has 3 characters, but the model 65"):
        save_checkpoint(tiny, 1, tmp_path, Vocabulary("abc"), QUICK)
    assert not list(tmp_path.iterdir())


def test_another_vocabulary_is_refused(
    save: Saver, tiny: keras.Sequential
) -> None:
    other = Vocabulary.from_text("abc")
    with pytest.raises(ValueError, match=r"has another vocabulary.*'abc'"):
        load_checkpoint(tiny, other, save(1))


def test_other_sizes_are_refused(save: Saver, vocabulary: Vocabulary) -> None:
    other = build_model(65, 8, 32, batch_size=4)
    with pytest.raises(ValueError, match=r"'rnn_units': 16.*'rnn_units': 32"):
        load_checkpoint(other, vocabulary, save(1))


def test_another_optimizer_is_refused_and_nothing_is_loaded(
    tiny: keras.Sequential, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    optimizer = keras.optimizers.SGD()
    optimizer.build(tiny.trainable_variables)
    path = save_checkpoint(
        tiny, 1, tmp_path, vocabulary, QUICK, optimizer=optimizer
    )
    model = build_model(65, 8, 16, batch_size=4)
    model.compile("adam", loss=loss)
    before = model.get_weights()
    with pytest.raises(ValueError, match="another kind of optimizer"):
        load_checkpoint(model, vocabulary, path)
    assert_equal(model.get_weights(), before)


# Damage.


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a checkpoint."""
    path = save_checkpoint(
        build_model(3, 2, 2, 1),
        1,
        tmp_path_factory.mktemp("whole"),
        Vocabulary("abc"),
        QUICK,
    )
    return path.read_bytes()


@pytest.fixture(scope="module")
def damaged_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a path for damaged files."""
    return tmp_path_factory.mktemp("damaged") / "ckpt_1.npz"


def assert_damaged(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError) as caught:
        read_weights(path)
    assert str(caught.value) == (
        f"{path} is damaged, or no file of this course: load another one, or "
        "delete it and train again."
    )


@given(data=st.data())
def test_a_changed_byte_is_noticed(
    content: bytes, damaged_path: Path, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[position] ^= data.draw(st.integers(1, 255))
    assert_damaged(damaged_path, bytes(changed))


@given(data=st.data())
def test_a_cut_or_longer_file_is_noticed(
    content: bytes, damaged_path: Path, data: st.DataObject
) -> None:
    end = data.draw(st.integers(0, len(content) - 1))
    assert_damaged(damaged_path, content[:end])
    assert_damaged(damaged_path, content[end + 1 :])
    assert_damaged(damaged_path, content + content[end:])


@given(other=st.binary(max_size=300))
def test_another_file_is_refused(damaged_path: Path, other: bytes) -> None:
    assert_damaged(damaged_path, other)


def test_numpy_s_own_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ckpt_1.npz"
    np.savez(path, weights_0=np.zeros(3))
    assert_damaged(path, path.read_bytes())


def test_a_checkpoint_is_an_archive_that_numpy_reads(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "ckpt_1.npz"
    path.write_bytes(content)
    arrays, _ = read_weights(path)
    with np.load(path, allow_pickle=False) as archive:
        for name, array in arrays.items():
            assert np.array_equal(archive[name], array)


def test_a_damaged_newest_is_named_and_the_one_before_is_used(
    save: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, newest = save(1), save(2)
    newest.write_bytes(newest.read_bytes()[:-100])
    assert latest_checkpoint(tmp_path) == before
    assert f"{newest} is damaged" in capsys.readouterr().out
    load_for_generation(tmp_path)
    with pytest.raises(ValueError, match="is damaged"):
        load_for_generation(newest)


# Interrupted and competing writers.


def write_half_and_raise(
    error: BaseException,
) -> Callable[[Path, bytes], None]:
    """Return what writes half of a file, in place of `Path.write_bytes`."""

    def write(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise error

    return write


def patch_write_bytes(
    monkeypatch: pytest.MonkeyPatch, function: Callable[[Path, bytes], None]
) -> None:
    monkeypatch.setattr(
        Path, "write_bytes", lambda path, content: function(path, content)
    )


def test_a_full_disk_leaves_the_old_file_whole(
    save: Saver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(1)
    before = snapshot(tmp_path)
    error = OSError(28, "No space left on device")
    patch_write_bytes(monkeypatch, write_half_and_raise(error))
    with pytest.raises(
        OSError, match=r"Epoch 1 could not be saved.*No space left.*Free some"
    ):
        save(1)
    monkeypatch.undo()
    assert snapshot(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX limits")
def test_a_disk_that_fills_up_while_writing_leaves_the_last_epoch_whole(
    save: Saver, tmp_path: Path
) -> None:
    import resource

    path = save(1)
    before = snapshot(tmp_path)
    # No file may grow beyond half a checkpoint: the system stops the write.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2, hard))
    try:
        with pytest.raises(OSError, match="Epoch 2 could not be saved") as e:
            save(2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(e.value)
    assert snapshot(tmp_path) == before
    assert latest_checkpoint(tmp_path) == path


def test_ctrl_c_while_writing_leaves_the_old_file_whole(
    save: Saver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(1)
    before = snapshot(tmp_path)
    patch_write_bytes(monkeypatch, write_half_and_raise(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        save(1)
    monkeypatch.undo()
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_killed_program_leaves_the_old_files_whole(
    save: Saver, tmp_path: Path, epoch: int
) -> None:
    old = save(1)
    before = old.read_bytes()
    path = tmp_path / f"ckpt_{epoch}.npz"
    kill_while_writing(path)
    assert list_checkpoints(tmp_path) == [old]
    assert latest_checkpoint(tmp_path) == old
    assert old.read_bytes() == before


def test_two_programs_that_save_one_epoch_do_not_hurt_each_other(
    save: Saver,
    tiny: keras.Sequential,
    vocabulary: Vocabulary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = build_model(65, 8, 16, batch_size=4, rnn_layers=2)

    def write_while_another_saves(path: Path, content: bytes) -> None:
        monkeypatch.undo()
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            other_path = save_checkpoint(other, 3, tmp_path, vocabulary, QUICK)
            assert read_checkpoint(other_path)["model"]["rnn_layers"] == 2
            file.write(content[len(content) // 2 :])

    patch_write_bytes(monkeypatch, write_while_another_saves)
    path = save(3)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    loaded, _ = load_for_generation(path)
    assert_equal(loaded.get_weights(), tiny.get_weights())


def test_a_folder_that_cannot_be_made_is_named(
    tiny: keras.Sequential, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(OSError, match=r"Epoch 1 could not be saved in '.*sub'"):
        save_checkpoint(tiny, 1, tmp_path / "a file" / "sub", vocabulary, QUICK)


@given(
    shapes=st.lists(st.lists(st.integers(0, 3), max_size=3), max_size=4),
    text=st.text(),
)
@hypothesis_settings(max_examples=25)
def test_arrays_and_descriptions_come_back_as_they_were(
    damaged_path: Path, shapes: list[list[int]], text: str
) -> None:
    rng = np.random.default_rng(0)
    arrays = {
        f"array_{i}": rng.normal(size=shape).astype(dtype)
        for i, (shape, dtype) in enumerate(
            zip(shapes, ["float32", "float16", "int64", "uint32"], strict=False)
        )
    }
    write_weights(damaged_path, arrays, {"text": text, "number": 0.1})
    loaded, description = read_weights(damaged_path)
    assert description == {"text": text, "number": 0.1}
    assert loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        assert np.array_equal(loaded[name], array)
