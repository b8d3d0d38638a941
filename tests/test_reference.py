"""The model that comes with the course, and what is told of it."""

import hashlib
import json
import math
import re
from statistics import median

import numpy as np
import pytest

from textgen_helpers import (
    RECIPES,
    Vocabulary,
    bits_per_char,
    generate_text,
    load_reference,
    read_reference,
    reference,
    save_reference,
    split_corpus,
)
from textgen_helpers.corpus import SHAKESPEARE_SHA256
from textgen_helpers.settings import DATA_DIR

SIZES = {"embedding_dim": 8, "rnn_units": 16, "rnn_layers": 1, "dropout": 0.0}


@pytest.fixture
def saved(tiny, vocabulary, tmp_path, monkeypatch):
    """Save a small model as the reference, in a place of ours."""
    monkeypatch.setattr(reference, "ABOUT", tmp_path / "reference.json")
    save_reference(tiny, vocabulary, {"settings": SIZES, "told": 7})
    return tmp_path


def change(folder, **facts: object) -> None:
    path = folder / "reference.json"
    told = json.loads(path.read_text(encoding="utf-8")) | facts
    path.write_text(json.dumps(told), encoding="utf-8")


def test_what_was_saved_comes_back_in_16_bits(saved, tiny, vocabulary) -> None:
    model, characters = load_reference()
    assert characters.characters == vocabulary.characters
    assert model.input_shape == (1, None)
    for a, b in zip(model.get_weights(), tiny.get_weights(), strict=True):
        assert np.array_equal(a, b.astype(np.float16))
    assert read_reference()["told"] == 7
    names = {path.name for path in saved.iterdir()}
    assert names == {"reference.json", "reference.npz"}


@pytest.mark.parametrize("name", ["reference.json", "reference.npz"])
def test_a_missing_part_is_said(saved, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"no file .*{name}': get it"):
        load_reference()


def test_changed_weights_are_refused(saved) -> None:
    path = saved / "reference.npz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match="its SHA-256 is another"):
        load_reference()


@pytest.mark.parametrize(
    "facts",
    [
        {"settings": {**SIZES, "rnn_units": 12}},
        {"settings": {**SIZES, "rnn_layers": 2}},
        {"vocabulary": "abc"},
    ],
)
def test_other_sizes_are_refused(saved, facts) -> None:
    change(saved, **facts)
    with pytest.raises(ValueError, match="its weights have other sizes"):
        load_reference()


def test_a_damaged_description_is_refused(saved) -> None:
    (saved / "reference.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="its description is damaged"):
        load_reference()


def test_the_course_s_own_is_what_is_told() -> None:
    facts = read_reference()
    recipe = RECIPES["twenty-minutes"]
    assert facts["settings"] == vars(recipe)
    assert facts["corpus_sha256"] == SHAKESPEARE_SHA256
    weights = (DATA_DIR / "reference.npz").read_bytes()
    assert len(weights) < 9_000_000
    assert facts["sha256"] == hashlib.sha256(weights).hexdigest()
    history = facts["history"]
    assert all(len(values) == recipe.epochs for values in history.values())
    assert recipe.epochs * median(history["seconds"]) <= 20 * 60
    assert facts["held_out"]["streams"] <= 1.43
    model, vocabulary = load_reference()
    assert model.count_params() == facts["parameters"]
    assert len(vocabulary) == 65


def test_it_is_as_good_as_is_told(shakespeare_path) -> None:
    text = shakespeare_path.read_text(encoding="utf-8")
    model, vocabulary = load_reference()
    assert vocabulary.characters == Vocabulary.from_text(text).characters
    ids = vocabulary.encode(split_corpus(text)[1])
    told = read_reference()["held_out"]
    for window, way in ((None, "streams"), (256, "windows of 256")):
        nats = bits_per_char(model, ids, window) * math.log(2)
        assert nats == pytest.approx(told[way], abs=0.005)


def test_it_writes_as_plays_are_written() -> None:
    model, vocabulary = load_reference()
    text = generate_text(model, vocabulary, "ROMEO: ", 1000, seed=1)
    speakers = re.findall(r"^[A-Z][A-Za-z ]+:$", text, flags=re.M)
    assert text.startswith("ROMEO: ") and len(speakers) >= 3
