"""The model that comes with the course, and its description."""

import math
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from textgen_helpers.evaluation.bits import bits_per_char
from textgen_helpers.model import pretrained
from textgen_helpers.model.checkpoints import read_weights
from textgen_helpers.model.pretrained import (
    load_pretrained,
    pretrained_info,
    save_pretrained,
)
from textgen_helpers.sampling.generate import generate_text
from textgen_helpers.text.corpus import SHAKESPEARE_SHA256, split_corpus
from textgen_helpers.text.vocabulary import Vocabulary
from textgen_helpers.training.recipes import RECIPES


@pytest.fixture
def path(
    tiny: keras.Sequential,
    vocabulary: Vocabulary,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Save a small model, and let it be the one that comes with the course."""
    path = tmp_path / "pretrained.npz"
    monkeypatch.setattr(pretrained, "PATH", path)
    save_pretrained(tiny, vocabulary, {"note": 7}, path)
    return path


def test_a_saved_model_is_loaded_with_16_bits(
    path: Path, tiny: keras.Sequential, vocabulary: Vocabulary
) -> None:
    model, loaded_vocabulary = load_pretrained()
    assert loaded_vocabulary.characters == vocabulary.characters
    assert model.input_shape == (1, None)
    for a, b in zip(model.get_weights(), tiny.get_weights(), strict=True):
        assert a.dtype == np.float32
        assert np.array_equal(a, b.astype(np.float16))
    assert pretrained_info()["note"] == 7
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("load", [load_pretrained, pretrained_info])
def test_a_missing_file_is_named(path: Path, load: object) -> None:
    path.unlink()
    message = r"pretrained\.npz is missing or damaged. Download the course"
    with pytest.raises(FileNotFoundError, match=message):
        load()


@pytest.mark.parametrize("load", [load_pretrained, pretrained_info])
@pytest.mark.parametrize("position", [0, 1_000, -1_000, -1])
def test_a_changed_file_is_refused(
    path: Path, load: object, position: int
) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    message = r"pretrained\.npz is missing or damaged. Download the course"
    with pytest.raises(ValueError, match=message):
        load()


def test_the_course_s_own_is_what_its_description_says() -> None:
    info = pretrained_info()
    recipe = RECIPES["twenty-minutes"]
    # A setting that is younger than the file has its default.
    assert replace(recipe, **info["settings"]) == recipe
    assert info["corpus_sha256"] == SHAKESPEARE_SHA256
    assert set(info["history"]) == {"loss", "val_loss", "seconds"}
    for values in info["history"].values():
        assert len(values) == recipe.epochs
    assert set(info["held_out"]) == {"streams", "windows of 256"}
    assert set(info["versions"]) >= {"python", "tensorflow", "keras", "numpy"}
    model, vocabulary = load_pretrained()
    assert model.count_params() == info["parameters"]
    assert vocabulary.characters == info["vocabulary"]
    arrays, _ = read_weights(pretrained.PATH)
    assert {array.dtype for array in arrays.values()} == {np.dtype("float16")}


def test_its_vocabulary_is_that_of_both_texts(vocabulary: Vocabulary) -> None:
    assert pretrained_info()["vocabulary"] == vocabulary.characters


@pytest.mark.parametrize(
    ("window", "name"), [(None, "streams"), (256, "windows of 256")]
)
def test_its_loss_is_the_one_in_its_description(
    shakespeare_path: Path, window: int | None, name: str
) -> None:
    text = shakespeare_path.read_text(encoding="utf-8")
    model, vocabulary = load_pretrained()
    train_text, *_ = split_corpus(text)
    ids = vocabulary.encode(text[len(train_text) :])
    nats = bits_per_char(model, ids, window) * math.log(2)
    assert nats == pytest.approx(pretrained_info()["held_out"][name], abs=0.005)


def test_it_continues_a_start_string() -> None:
    model, vocabulary = load_pretrained()
    text = generate_text(model, vocabulary, "ROMEO: ", 100, seed=1)
    assert text.startswith("ROMEO: ") and len(text) == len("ROMEO: ") + 100
