"""Pictures of a network show its layers, gates and embedding as they are."""

import re

import numpy as np
import pytest

from textgen_helpers.plots.network import plot_embedding, plot_gates

from .examples import CHARACTERS, EMBEDDING, GATES, LAYERS, PICTURES, draw


def test_the_model_s_picture_names_layers_and_shapes() -> None:
    picture = PICTURES["model"]()
    words = {text.get_text() for text in picture.figure.axes[0].texts}
    assert {word for layer in LAYERS for word in layer} <= words
    assert "GRU giving (64, 100, 1024), then Dense" in picture.alt_text


def test_the_course_s_picture_is_right_about_its_example() -> None:
    picture = PICTURES["course"]()
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    names = [w for w in words if w in {"text", "ids", "model", "guess", "loss"}]
    assert names == ["text", "ids", "model", "guess", "loss"]
    ids = ["ehlo".index(char) for char in "hell"]
    assert " ".join(map(str, ids)) in words
    assert f"right: o\n{-np.log(0.7):.2f}" in words
    for number in range(1, 8):
        assert re.search(rf"notebooks? .*\b{number}\b", " ".join(words))


def test_gates_are_drawn_unit_by_unit() -> None:
    ax, colorbar = PICTURES["gates"]().figure.axes
    assert np.array_equal(ax.get_images()[0].get_array(), GATES.T)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["a", "\u2423", "b", "\u21b5"]
    units = [label.get_text() for label in ax.get_yticklabels()]
    assert units == ["7", "3"]
    assert colorbar.get_ylabel() == "value of the gate"


def test_the_words_name_the_extremes_of_each_gate() -> None:
    alt_text = PICTURES["gates"]().alt_text
    assert "update gate: 0.44 on average; highest" in alt_text
    assert "highest at ' ' after 'a' (0.85)" in alt_text


def test_each_gate_has_a_panel() -> None:
    gates = {"update gate": GATES, "reset gate": 1 - GATES}
    picture = plot_gates("a b\n", gates, [7, 3])
    titles = [ax.get_title() for ax in picture.figure.axes[:2]]
    assert titles == list(gates)
    assert "Mean of the reset gate: 0.56" in picture.alt_text


def test_flat_embeddings_keep_their_distances() -> None:
    square = np.array([[0.0, 0, 0], [0, 4, 0], [3, 0, 0], [3, 4, 0]])
    picture = plot_embedding(square, "aeBC")
    (ax,) = picture.figure.axes
    points = np.concatenate([dots.get_offsets() for dots in ax.collections])
    assert np.linalg.norm(points[0] - points[1]) == pytest.approx(4)
    assert np.linalg.norm(points[0] - points[3]) == pytest.approx(5)
    assert "64 % of the variance" in ax.get_ylabel() + ax.get_xlabel()
    # (0, 4, 0) and (3, 4, 0): 16 / (4 * 5).
    assert "'e' and 'C' 0.80" in picture.alt_text


def test_kinds_have_a_shape_each() -> None:
    figure = PICTURES["embedding"]().figure
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [
        "small vowel",
        "other small letter",
        "capital",
        "no letter",
    ]
    counts = [len(dots.get_offsets()) for dots in figure.axes[0].collections]
    assert counts == [5, 3, 2, 3]


def test_characters_of_one_place_are_moved_apart() -> None:
    rows = np.array([[0.0, 0], [0.01, 0], [9, 9], [-9, 4]])
    figure = plot_embedding(rows, "bcde").figure
    draw(figure)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert not boxes[0].overlaps(boxes[1])


def test_only_the_most_frequent_characters_are_drawn() -> None:
    counts = np.arange(len(CHARACTERS))
    picture = plot_embedding(EMBEDDING, CHARACTERS, counts, most=4)
    labels = [text.get_text() for text in picture.figure.axes[0].texts]
    assert sorted(labels) == ["u", "x", "y", "z"]
    assert "The 4 most frequent of 13 characters" in picture.alt_text
    picture = plot_embedding(EMBEDDING, CHARACTERS, most=4)
    assert "The first 4 of 13 characters" in picture.alt_text


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="3 rows for 2 characters"):
        plot_embedding(np.eye(3), "ab")
    with pytest.raises(ValueError, match="same model"):
        plot_embedding(np.eye(3), "abc", np.ones(2))
    with pytest.raises(ValueError, match="2 values for 3 characters"):
        plot_gates("abc", {"gate": np.ones((2, 1))}, [0])


def test_the_embedding_of_a_failed_training_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(NaN\).*a lower learning rate"):
        plot_embedding(np.full((3, 2), np.nan), "abc")
