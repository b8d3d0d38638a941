"""A model to files and back, and what may go wrong on the way."""

import json
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
import pytest

from textgen_helpers import (
    QUICK,
    Vocabulary,
    build_model,
    latest_checkpoint,
    list_checkpoints,
    load_checkpoint,
    loss,
    read_checkpoint,
    restore_for_sampling,
    save_checkpoint,
    stream_batches,
)


@pytest.fixture
def save(tiny, vocabulary, tmp_path):
    """Return a function that saves the tiny model after an epoch."""

    def save(epoch: int) -> Path:
        return save_checkpoint(tiny, epoch, tmp_path, vocabulary, QUICK)

    return save


def test_a_checkpoint_holds_weights_sizes_settings_vocabulary(
    save, tiny, vocabulary
) -> None:
    path = save(3)
    assert path.name == "ckpt_3.weights.h5"
    about = json.loads((path.parent / "ckpt_3.json").read_text())
    assert about["vocabulary"] == vocabulary.characters
    assert about["settings"]["seq_length"] == QUICK.seq_length
    assert about["model"]["rnn_units"] == 16
    model, restored = restore_for_sampling(path)
    assert restored.characters == vocabulary.characters
    assert model.input_shape == (1, None)
    for a, b in zip(model.get_weights(), tiny.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_layers_and_dropout_are_rebuilt(vocabulary, tmp_path) -> None:
    model = build_model(65, 8, 16, 4, rnn_layers=2, dropout=0.25)
    save_checkpoint(model, 1, tmp_path, vocabulary, QUICK)
    restored, _ = restore_for_sampling(tmp_path)
    kinds = [type(layer).__name__ for layer in restored.layers]
    assert kinds == [type(layer).__name__ for layer in model.layers]
    assert restored.layers[3].rate == 0.25


def test_the_latest_is_the_highest_epoch(save, tmp_path) -> None:
    for epoch in (2, 9, 10):
        save(epoch)
    names = [path.name for path in list_checkpoints(tmp_path)]
    assert names == [f"ckpt_{epoch}.weights.h5" for epoch in (2, 9, 10)]
    assert latest_checkpoint(tmp_path).name == "ckpt_10.weights.h5"


def test_a_new_run_leaves_an_old_one_until_it_gets_there(
    save, tmp_path
) -> None:
    for epoch in (1, 2, 3):
        save(epoch)
    save(2)
    assert len(list_checkpoints(tmp_path)) == 3
    assert not list(tmp_path.glob("part*"))


def test_other_files_do_not_count(save, tmp_path) -> None:
    save(1)
    for name in ("ckpt_best.weights.h5", "ckpt_best.json"):
        (tmp_path / name).touch()
    assert [p.name for p in list_checkpoints(tmp_path)] == ["ckpt_1.weights.h5"]


def test_another_model_s_vocabulary_is_not_saved(tiny, tmp_path) -> None:
    with pytest.raises(ValueError, match="not the model's"):
        save_checkpoint(tiny, 1, tmp_path, Vocabulary("abc"), QUICK)
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_says_what_it_is(save, vocabulary) -> None:
    facts = read_checkpoint(save(1))
    assert facts["vocabulary"] == vocabulary.characters
    assert facts["settings"] == asdict(QUICK)
    assert facts["model"]["embedding_dim"] == 8


def test_no_checkpoint_is_said(tmp_path, vocabulary, tiny) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"No checkpoint in .*: train first"
    ):
        latest_checkpoint(tmp_path)
    with pytest.raises(
        FileNotFoundError, match=r"No checkpoint in .*: train first"
    ):
        restore_for_sampling(tmp_path)
    with pytest.raises(
        FileNotFoundError, match=r"No checkpoint .* with a \.json"
    ):
        load_checkpoint(tiny, vocabulary, tmp_path / "ckpt_1.weights.h5")


def test_half_a_checkpoint_does_not_count(save, tmp_path) -> None:
    save(1)
    save(2)
    (tmp_path / "ckpt_2.json").unlink()
    assert latest_checkpoint(tmp_path).name == "ckpt_1.weights.h5"


@pytest.mark.parametrize("name", ["ckpt_1.weights.h5", "ckpt_1.json"])
@pytest.mark.parametrize("how", ["cut", "changed"])
def test_damage_is_found(save, tmp_path, name: str, how: str) -> None:
    save(1)
    content = bytearray((tmp_path / name).read_bytes())
    if how == "cut":
        content = content[: len(content) // 2]
    else:
        content[content.find(b"XYZ") if b"XYZ" in content else 99] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match="is damaged"):
        restore_for_sampling(tmp_path)


def test_another_vocabulary_is_refused(save, tiny) -> None:
    other = Vocabulary.from_text("abc")
    with pytest.raises(ValueError, match=r"has another vocabulary.*'abc'"):
        load_checkpoint(tiny, other, save(1))


def test_other_sizes_are_refused(save, vocabulary) -> None:
    other = build_model(65, 8, 32, batch_size=4)
    with pytest.raises(ValueError, match=r"'rnn_units': 16.*'rnn_units': 32"):
        load_checkpoint(other, vocabulary, save(1))


def test_a_place_that_cannot_be_written_is_said(
    tiny, vocabulary, tmp_path
) -> None:
    blocked = tmp_path / "a file"
    blocked.touch()
    with pytest.raises(OSError, match="Epoch 1 could not be saved"):
        save_checkpoint(tiny, 1, blocked / "sub", vocabulary, QUICK)


def test_a_failed_save_leaves_the_old_one(
    save, tiny, tmp_path, monkeypatch
) -> None:
    save(1)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def full_disk(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tiny, "save_weights", full_disk)
    with pytest.raises(OSError, match=r"No space left.*free some space"):
        save(1)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_resumed_training_goes_on_as_if_nothing_had_happened(
    vocabulary, ids, tmp_path
) -> None:
    batches = stream_batches(ids[:500], 10, 4)

    def new_model() -> keras.Sequential:
        keras.utils.set_random_seed(0)
        model = build_model(65, 8, 16, batch_size=4)
        model.compile(keras.optimizers.Adam(0.01), loss=loss)
        return model

    def fit(model: keras.Sequential, start: int, end: int) -> None:
        for _ in range(start, end):
            for layer in model.layers:
                if hasattr(layer, "reset_state"):
                    layer.reset_state()
            model.fit(batches, shuffle=False, verbose=0)

    whole = new_model()
    fit(whole, 0, 3)
    first = new_model()
    fit(first, 0, 2)
    path = save_checkpoint(first, 2, tmp_path, vocabulary, QUICK)
    second = new_model()
    assert load_checkpoint(second, vocabulary, path) == 2
    assert int(second.optimizer.iterations) == 2 * len(batches)
    fit(second, 2, 3)
    for a, b in zip(whole.get_weights(), second.get_weights(), strict=True):
        assert np.allclose(a, b, atol=1e-6)


def test_weights_alone_load_into_a_compiled_model(
    save, vocabulary, recwarn
) -> None:
    path = save(1)  # the tiny model is not compiled: no optimizer inside
    model = build_model(65, 8, 16, batch_size=4)
    model.compile("adam", loss=loss)
    load_checkpoint(model, vocabulary, path)
    for warning in recwarn:
        assert issubclass(warning.category, DeprecationWarning)
