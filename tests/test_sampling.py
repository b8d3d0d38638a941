"""A model and a start string to text."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers import (
    Vocabulary,
    build_model,
    generate_text,
    next_char_logits,
    writing_loop,
)
from textgen_helpers.machine import xla_works
from textgen_helpers.writing_loop import PIECE, continue_ids

VOCABULARY = Vocabulary("abc")


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


def stack(*layers: keras.layers.Layer) -> keras.Sequential:
    """Return a model with these layers between embedding and logits."""
    keras.utils.set_random_seed(0)
    shape = keras.Input(batch_shape=(2, None), dtype="int32")
    table = keras.layers.Embedding(65, 8, embeddings_initializer="normal")
    model = keras.Sequential([shape, table, *layers, keras.layers.Dense(65)])
    rng = np.random.default_rng(3)
    shapes = [weight.shape for weight in model.get_weights()]
    model.set_weights([rng.normal(0, 0.9, shape) for shape in shapes])
    return model


def sequences(kind: str, units: int, **options: bool) -> keras.layers.RNN:
    layer = getattr(keras.layers, kind)
    return layer(units, return_sequences=True, **options)


STACKS = {
    "GRU": lambda: [sequences("GRU", 12)],
    "LSTM": lambda: [sequences("LSTM", 12)],
    "SimpleRNN": lambda: [sequences("SimpleRNN", 12)],
    "GRU before": lambda: [sequences("GRU", 12, reset_after=False)],
    "mixed": lambda: [
        keras.layers.Dropout(0.5),
        sequences("LSTM", 12),
        keras.layers.Dropout(0.5),
        sequences("GRU", 10),
        keras.layers.Dense(9, activation="relu"),
        sequences("SimpleRNN", 8),
    ],
}


@pytest.mark.parametrize("name", STACKS)
def test_any_stack_of_recurrent_layers_will_do(name: str, vocabulary) -> None:
    model = stack(*STACKS[name]())
    written = generate_text(model, vocabulary, "What light", 30, top_k=1)
    batch = np.stack([vocabulary.encode(written)] * 2)
    wanted = model(batch)[0].numpy()
    likeliest = wanted.argmax(axis=-1)
    assert vocabulary.decode(likeliest[9:-1]) == written[10:]
    assert len(set(written[10:])) > 2  # or it would not tell much
    for length in (1, 10, 40):
        logits = next_char_logits(model, vocabulary, written[:length])
        assert np.allclose(logits, wanted[length - 1], atol=1e-4)


def test_two_of_our_layers_are_stepped_as_they_are_trained(vocabulary) -> None:
    model = build_model(65, 8, 16, 1, rnn_layers=2, dropout=0.5)
    model.set_weights([weight * 4 for weight in model.get_weights()])
    start = "What light through yonder window breaks"
    wanted = model(vocabulary.encode(start)[None])[0, -1]
    logits = next_char_logits(model, vocabulary, start)
    assert np.allclose(logits, wanted, atol=1e-4)


def test_a_long_text_is_written_in_pieces(tiny, vocabulary) -> None:
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    number = 2 * PIECE + 3
    written = generate_text(tiny, vocabulary, "Light", number, top_k=1)
    assert len(written) == 5 + number
    batch = np.stack([vocabulary.encode(written)] * 4)
    likeliest = tf.argmax(tiny(batch)[0], axis=-1).numpy()
    assert vocabulary.decode(likeliest[4:-1]) == written[5:]


@pytest.mark.parametrize("length", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_a_long_start_string_is_read_in_pieces(
    tiny, vocabulary, sample, length: int
) -> None:
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    start = sample[:length]
    batch = np.stack([vocabulary.encode(start)] * 4)
    logits = next_char_logits(tiny, vocabulary, start)
    assert np.allclose(logits, tiny(batch)[0, -1], atol=1e-4)
    texts = generate_text(tiny, vocabulary, [start, "A"], 5, seed=1)
    assert texts[0].startswith(start) and len(texts[0]) == length + 5
    assert texts[1].startswith("A") and len(texts[1]) == 6


def test_new_weights_are_seen(tiny, vocabulary) -> None:
    before = next_char_logits(tiny, vocabulary, "A")
    tiny.set_weights([weight * 3 for weight in tiny.get_weights()])
    wanted = tiny(np.full((4, 1), vocabulary.char2idx["A"]))[0, -1]
    found = next_char_logits(tiny, vocabulary, "A")
    assert np.allclose(found, wanted, atol=1e-5)
    assert not np.allclose(found, before, atol=1e-3)


@pytest.mark.parametrize("starts", ["ROMEO: ", ["ROMEO: ", "A"]])
def test_knobs_seeds_and_lengths_are_compiled_once(
    starts, tiny, vocabulary
) -> None:
    loop = writing_loop._compiled_loop(tiny, isinstance(starts, str))
    for i in range(1, 4):
        for knobs in ({}, {"top_k": i}, {"top_p": i / 4}):
            generate_text(
                tiny,
                vocabulary,
                starts,
                100 * i,
                temperature=i / 3,
                seed=i,
                **knobs,
            )
    # Once without a fence, once with each of them.
    assert loop.experimental_get_tracing_count() == 3


def test_without_xla_the_text_is_the_same(
    tiny, vocabulary, monkeypatch
) -> None:
    assert xla_works()  # or this test would compare nothing
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    compiled = generate_text(tiny, vocabulary, "ROMEO: ", 60, seed=5)
    monkeypatch.setattr(writing_loop, "xla_works", lambda: False)
    writing_loop._compiled_loop.cache_clear()
    assert generate_text(tiny, vocabulary, "ROMEO: ", 60, seed=5) == compiled
    writing_loop._compiled_loop.cache_clear()


@pytest.mark.parametrize("count", [1, 3])
def test_in_bfloat16_the_error_is_that_of_the_format(count, vocabulary) -> None:
    keras.utils.set_random_seed(0)
    exact = build_model(65, 8, 16, 1, rnn_layers=2)
    exact.set_weights([weight * 4 for weight in exact.get_weights()])
    mixed = build_model(65, 8, 16, 1, rnn_layers=2, dtype="mixed_bfloat16")
    mixed.set_weights(exact.get_weights())
    prompts = [vocabulary.encode("What light")] * count
    (_, wanted), (_, found) = (
        continue_ids(model, prompts, 1) for model in (exact, mixed)
    )
    assert found.dtype == "float32"
    spread = float(tf.math.reduce_std(wanted))
    assert 0 < np.abs(found - wanted).max() < 0.1 * spread


def test_a_vocabulary_of_another_size_is_refused(tiny) -> None:
    with pytest.raises(ValueError, match=r"has 3 characters, but the model 65"):
        generate_text(tiny, VOCABULARY, "a", 1)


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
