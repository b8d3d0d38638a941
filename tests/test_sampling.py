"""A model and a start string to text."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers import (
    Vocabulary,
    filter_logits,
    generate_text,
    next_char_logits,
)

VOCABULARY = Vocabulary("abc")
few = settings(max_examples=30, deadline=None)
rows = st.lists(st.floats(-5, 5, width=32), min_size=4, max_size=4, unique=True)


def softmax(logits: np.ndarray) -> np.ndarray:
    chances = np.exp(logits - logits.max())
    return chances / chances.sum()


class Next(keras.layers.Layer):
    """Logits that are sure of one thing: a, b, c, a, b, c, ..."""

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        return 100.0 * tf.one_hot((ids + 1) % 3, 3)


@pytest.fixture
def alphabet() -> keras.Sequential:
    shape = keras.Input(batch_shape=(1, None), dtype="int32")
    return keras.Sequential([shape, Next()])


def test_the_start_string_is_continued(alphabet) -> None:
    assert generate_text(alphabet, VOCABULARY, "a", 7) == "abcabcab"
    assert generate_text(alphabet, VOCABULARY, "cab", 0) == "cab"


def test_texts_of_different_lengths_are_written_side_by_side(alphabet) -> None:
    starts = ["a", "bbbb", "ca"]
    texts = generate_text(alphabet, VOCABULARY, starts, 3)
    assert texts == ["abca", "bbbbcab", "cabca"]
    assert generate_text(alphabet, VOCABULARY, ("a",), 1) == ["ab"]


def test_a_seed_repeats_a_text(tiny, vocabulary) -> None:
    texts = [
        generate_text(tiny, vocabulary, "ROMEO: ", 50, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert texts[0] == texts[1] != texts[2]
    assert all(len(text) == 57 for text in texts)


def test_without_a_seed_every_text_is_new(tiny, vocabulary) -> None:
    keras.utils.set_random_seed(3)
    texts = [generate_text(tiny, vocabulary, "A", 50) for _ in range(2)]
    assert texts[0] != texts[1]
    keras.utils.set_random_seed(3)
    assert generate_text(tiny, vocabulary, "A", 50) == texts[0]


def test_one_text_is_a_batch_of_one(tiny, vocabulary) -> None:
    one = generate_text(tiny, vocabulary, "ROMEO: ", 50, seed=1)
    assert generate_text(tiny, vocabulary, ["ROMEO: "], 50, seed=1) == [one]


def test_the_texts_of_a_batch_differ(tiny, vocabulary) -> None:
    texts = generate_text(tiny, vocabulary, ["ROMEO: "] * 3, 50, seed=1)
    assert len(set(texts)) == 3


def test_the_whole_start_string_warms_the_state(tiny, vocabulary) -> None:
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    batch = np.stack([vocabulary.encode("ROMEO: I")] * 4)
    wanted = tiny(batch)[0, -1].numpy()
    logits = next_char_logits(tiny, vocabulary, "ROMEO: I")
    assert np.allclose(logits, wanted, atol=1e-5)
    last = next_char_logits(tiny, vocabulary, "I").numpy()
    assert not np.allclose(last, wanted, atol=1e-3)


def test_greedy_text_follows_the_model_s_own_logits(tiny, vocabulary) -> None:
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    written = generate_text(tiny, vocabulary, "Light", 30, top_k=1)
    batch = np.stack([vocabulary.encode(written)] * 4)
    likeliest = tf.argmax(tiny(batch)[0], axis=-1).numpy()
    assert vocabulary.decode(likeliest[4:-1]) == written[5:]


def test_the_model_s_own_state_plays_no_part(tiny, vocabulary) -> None:
    before = generate_text(tiny, vocabulary, "A", 20, seed=1)
    tiny(np.ones((4, 9), np.int32))
    state = tiny.layers[1].states[0].numpy()
    assert generate_text(tiny, vocabulary, "A", 20, seed=1) == before
    assert np.array_equal(state, tiny.layers[1].states[0].numpy())


@pytest.mark.parametrize("layer", ["GRU", "LSTM", "SimpleRNN"])
def test_other_recurrent_layers_work_too(layer: str, vocabulary) -> None:
    kind = getattr(keras.layers, layer)
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(2, None), dtype="int32"),
            keras.layers.Embedding(65, 8),
            kind(12, return_sequences=True),
            keras.layers.Dropout(0.5),
            kind(10, return_sequences=True),
            keras.layers.Dense(65),
        ]
    )
    batch = np.stack([vocabulary.encode("What light")] * 2)
    logits = next_char_logits(model, vocabulary, "What light")
    assert np.allclose(logits, model(batch)[0, -1], atol=1e-5)


@few
@given(rows, st.floats(0.1, 10))
def test_temperature_divides(row: list[float], temperature: float) -> None:
    logits = filter_logits(tf.constant([row]), temperature)
    assert np.allclose(logits[0], np.array(row) / temperature, rtol=1e-4)


@few
@given(rows, st.integers(1, 4))
def test_top_k_keeps_the_k_largest(row: list[float], k: int) -> None:
    logits = filter_logits(tf.constant([row]), top_k=k)[0].numpy()
    kept = np.flatnonzero(np.isfinite(logits))
    assert sorted(kept) == sorted(np.argsort(row)[-k:])
    assert np.allclose(logits[kept], np.array(row)[kept])


@few
@given(rows, st.floats(0.01, 1))
def test_top_p_keeps_the_smallest_nucleus(row: list[float], p: float) -> None:
    logits = filter_logits(tf.constant([row]), top_p=p)[0].numpy()
    kept = np.isfinite(logits)
    chances = softmax(np.array(row))
    assert chances[kept].min() >= chances[~kept].max(initial=0)
    assert chances[kept].sum() >= p - 1e-5
    assert chances[kept].sum() - chances[kept].min() < p + 1e-5


def test_drawing_follows_the_probabilities(vocabulary) -> None:
    chances = np.array([0.6, 0.3, 0.1], np.float32)

    class Fixed(keras.layers.Layer):
        def call(self, ids: tf.Tensor) -> tf.Tensor:
            return tf.tile(tf.math.log(chances)[None], [tf.shape(ids)[0], 1])

    shape = keras.Input(batch_shape=(1,), dtype="int32")
    model = keras.Sequential([shape, Fixed()])
    texts = generate_text(model, VOCABULARY, ["a"] * 50, 200, seed=1)
    drawn = "".join(text[1:] for text in texts)
    shares = [drawn.count(char) / len(drawn) for char in "abc"]
    # 10,000 draws: the standard deviation is below 0.005.
    assert shares == pytest.approx(chances, abs=0.02)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start_string": "R\u00d6MEO"}, r"'\u00d6' at position 1 .* 65 char"),
        ({"start_string": ""}, "start string is empty"),
        ({"start_string": ["A", ""]}, "start string is empty"),
        ({"start_string": []}, "at least one start string"),
        ({"num_generate": -1}, "num_generate of 0 or more"),
        ({"temperature": 0.0}, "positive and finite"),
        ({"temperature": -1.0}, "positive and finite"),
        ({"temperature": float("inf")}, "positive and finite"),
        ({"temperature": float("nan")}, "positive and finite"),
        ({"top_k": 0}, "top_k must be from 1 to 65"),
        ({"top_k": 66}, "top_k must be from 1 to 65"),
        ({"top_p": 0.0}, "top_p must be above 0 and at most 1"),
        ({"top_p": 1.1}, "top_p must be above 0 and at most 1"),
    ],
)
def test_bad_input_gets_one_clear_sentence(
    tiny, vocabulary, arguments, message
) -> None:
    with pytest.raises(ValueError, match=message):
        generate_text(tiny, vocabulary, **{"start_string": "A", **arguments})
