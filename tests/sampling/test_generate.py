"""A model and a start string to text."""

import gc
import re
import weakref
from collections.abc import Iterator

import keras
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.hardware import xla_works
from textgen_helpers.model.build import (
    build_model,
    clone_model,
    reset_states,
)
from textgen_helpers.sampling import generate
from textgen_helpers.sampling.generate import (
    BLOCK_SIZE,
    generate_ids,
    generate_text,
    next_char_logits,
)
from textgen_helpers.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("abc")


class Next(keras.layers.Layer):
    """Logits that are sure of one thing: a, b, c, a, b, c, ..."""

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        return 100.0 * tf.one_hot((ids + 1) % 3, 3)


@pytest.fixture(scope="module")
def tiny_once(vocabulary: Vocabulary) -> keras.Sequential:
    """Return the small model, which keeps the loops that it compiles."""
    keras.utils.set_random_seed(0)
    return build_model(len(vocabulary), 8, 16, batch_size=4)


@pytest.fixture
def tiny(tiny_once: keras.Sequential) -> Iterator[keras.Sequential]:
    """Return the small model, with its first weights and an empty state.

    A compiled loop serves all weights, so that a test may change them.
    """
    weights = tiny_once.get_weights()
    reset_states(tiny_once)
    keras.utils.set_random_seed(0)
    yield tiny_once
    tiny_once.set_weights(weights)


@pytest.fixture
def alphabet() -> keras.Sequential:
    shape = keras.Input(batch_shape=(1, None), dtype="int32")
    return keras.Sequential([shape, Next()])


def test_the_start_string_is_continued(alphabet) -> None:
    assert generate_text(alphabet, VOCABULARY, "a", 7) == "abcabcab"
    assert generate_text(alphabet, VOCABULARY, "cab", 0) == "cab"


def test_texts_of_different_lengths_are_generated_side_by_side(
    alphabet,
) -> None:
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
    expected = tiny(batch)[0, -1].numpy()
    logits = next_char_logits(tiny, vocabulary, "ROMEO: I")
    assert np.allclose(logits, expected, atol=1e-5)
    last = next_char_logits(tiny, vocabulary, "I").numpy()
    assert not np.allclose(last, expected, atol=1e-3)


def test_greedy_text_follows_the_model_s_own_logits(tiny, vocabulary) -> None:
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    generated = generate_text(tiny, vocabulary, "Light", 30, top_k=1)
    batch = np.stack([vocabulary.encode(generated)] * 4)
    likeliest = tf.argmax(tiny(batch)[0], axis=-1).numpy()
    assert vocabulary.decode(likeliest[4:-1]) == generated[5:]


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
    # So cold that the likeliest character follows. With top_k another loop
    # would be compiled than the one that gives the logits below.
    generated = generate_text(
        model, vocabulary, "What light", 30, temperature=1e-6
    )
    batch = np.stack([vocabulary.encode(generated)] * 2)
    expected = model(batch)[0].numpy()
    likeliest = expected.argmax(axis=-1)
    assert vocabulary.decode(likeliest[9:-1]) == generated[10:]
    assert len(set(generated[10:])) > 2  # or it would not prove much
    for length in (1, 10, 40):
        logits = next_char_logits(model, vocabulary, generated[:length])
        assert np.allclose(logits, expected[length - 1], atol=1e-4)


def test_two_of_our_layers_are_stepped_as_they_are_trained(vocabulary) -> None:
    model = build_model(65, 8, 16, 1, rnn_layers=2, dropout=0.5)
    model.set_weights([weight * 4 for weight in model.get_weights()])
    start = "What light through yonder window breaks"
    expected = model(vocabulary.encode(start)[None])[0, -1]
    logits = next_char_logits(model, vocabulary, start)
    assert np.allclose(logits, expected, atol=1e-4)


def test_a_long_text_is_generated_in_blocks(tiny, vocabulary) -> None:
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    number = 2 * BLOCK_SIZE + 3
    generated = generate_text(tiny, vocabulary, "Light", number, top_k=1)
    assert len(generated) == 5 + number
    batch = np.stack([vocabulary.encode(generated)] * 4)
    likeliest = tf.argmax(tiny(batch)[0], axis=-1).numpy()
    assert vocabulary.decode(likeliest[4:-1]) == generated[5:]


@pytest.mark.parametrize(
    "length", [BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE]
)
def test_a_long_start_string_is_read_in_blocks(
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
    expected = tiny(np.full((4, 1), vocabulary.char2idx["A"]))[0, -1]
    logits = next_char_logits(tiny, vocabulary, "A")
    assert np.allclose(logits, expected, atol=1e-5)
    assert not np.allclose(logits, before, atol=1e-3)


class TraceCounter(keras.layers.Layer):
    """Count how often TensorFlow calls this layer's Python code."""

    count = 0

    def call(self, x: tf.Tensor) -> tf.Tensor:
        self.count += 1
        return x


@pytest.mark.parametrize("starts", ["ROMEO: ", ["ROMEO: ", "A"]])
def test_the_compiled_loop_is_kept_with_the_model(starts, vocabulary) -> None:
    # After the GRU: layers before it are called for a table, each time.
    counter = TraceCounter()
    model = stack(sequences("GRU", 12), counter)

    def count(num_generate: int, seed: int, **parameters: float) -> int:
        before = counter.count
        generate_text(
            model, vocabulary, starts, num_generate, seed=seed, **parameters
        )
        return counter.count - before

    # Compiled once without filters, and once with each of them.
    assert count(5, 1) > 0
    assert count(5, 1, top_k=2) > 0
    assert count(5, 1, top_p=0.5) > 0
    # Other values, lengths and seeds need no new compilation.
    for i in range(1, 4):
        assert count(100 * i, i, temperature=i / 3) == 0
        assert count(100 * i, i, top_k=i) == 0
        assert count(100 * i, i, top_p=i / 4) == 0
    assert count(5, 1, temperature=1) == 0  # an integer


@pytest.mark.parametrize("starts", ["ROMEO: ", ["ROMEO: ", "A"]])
def test_a_model_is_freed_with_its_compiled_loop(starts, vocabulary) -> None:
    model = build_model(65, 8, 16, 1)
    generate_text(model, vocabulary, starts, 5)
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is None


def test_without_xla_the_text_is_the_same(
    tiny, vocabulary, monkeypatch
) -> None:
    if not xla_works():
        pytest.skip("XLA does not work on this machine")
    tiny.layers[0].embeddings.assign(tiny.layers[0].embeddings * 50)
    expected = generate_text(tiny, vocabulary, "ROMEO: ", 60, seed=5)
    monkeypatch.setattr(generate, "xla_works", lambda: False)
    copy = clone_model(tiny, batch_size=1)  # without a compiled loop
    assert generate_text(copy, vocabulary, "ROMEO: ", 60, seed=5) == expected


@pytest.mark.parametrize("count", [1, 3])
def test_in_bfloat16_the_error_is_that_of_the_format(count, vocabulary) -> None:
    keras.utils.set_random_seed(0)
    exact = build_model(65, 8, 16, 1, rnn_layers=2)
    exact.set_weights([weight * 4 for weight in exact.get_weights()])
    mixed = build_model(65, 8, 16, 1, rnn_layers=2, dtype="mixed_bfloat16")
    mixed.set_weights(exact.get_weights())
    prompts = [vocabulary.encode("What light")] * count
    _, expected = generate_ids(exact, prompts, 1)
    _, logits = generate_ids(mixed, prompts, 1)
    assert logits.dtype == "float32"
    spread = float(tf.math.reduce_std(expected))
    assert 0 < np.abs(logits - expected).max() < 0.1 * spread


def test_a_vocabulary_of_another_size_is_refused(tiny) -> None:
    with pytest.raises(ValueError, match=r"has 3 characters, but the model 65"):
        generate_text(tiny, VOCABULARY, "a", 1)


def test_sampling_follows_the_probabilities() -> None:
    probabilities = np.array([0.6, 0.3, 0.1], np.float32)

    class Fixed(keras.layers.Layer):
        def call(self, ids: tf.Tensor) -> tf.Tensor:
            zeros = tf.zeros_like(ids, tf.float32)
            return zeros[..., tf.newaxis] + tf.math.log(probabilities)

    shape = keras.Input(batch_shape=(1, None), dtype="int32")
    model = keras.Sequential([shape, Fixed()])
    texts = generate_text(model, VOCABULARY, ["a"] * 50, 200, seed=1)
    sampled = "".join(text[1:] for text in texts)
    frequencies = [sampled.count(char) / len(sampled) for char in "abc"]
    # 10,000 samples: the standard deviation is below 0.005.
    assert frequencies == pytest.approx(probabilities, abs=0.02)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start_string": "R\u00d6MEO"}, r"'\u00d6' at position 1 .* 65 char"),
        ({"start_string": ""}, "start string is empty"),
        ({"start_string": ["A", ""]}, "start string is empty"),
        ({"start_string": []}, "at least one start string"),
        ({"start_string": b"A"}, "must be a string, but is b'A'"),
        ({"start_string": ["A", b"A"]}, "must be a string, but is b'A'"),
        ({"start_string": ["A", 1]}, "must be a string, but is 1"),
        ({"start_string": 5}, "must be a string, but is 5"),
        ({"start_string": None}, "must be a string, but is None"),
        ({"start_string": []}, "Give at least one start string"),
        ({"num_generate": -1}, "num_generate of 0 or more"),
        ({"num_generate": "5"}, "num_generate must be a whole number, but is"),
        ({"num_generate": 2.5}, "num_generate must be a whole number"),
        ({"num_generate": None}, "num_generate must be a whole number"),
        ({"seed": "x"}, "seed must be a whole number, but is 'x'"),
        ({"temperature": True}, "temperature must be a number, but is True"),
        ({"top_k": True}, "top_k must be a number, but is True"),
        ({"temperature": "1.0"}, "temperature must be a number, but is '1.0'"),
        ({"temperature": None}, "temperature must be a number, but is None"),
        ({"top_k": "5"}, "top_k must be a number, but is '5'"),
        ({"top_k": 2.5}, "top_k must be a whole number, but is 2.5"),
        ({"top_p": "0.5"}, "top_p must be a number, but is '0.5'"),
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
    with pytest.raises(ValueError, match=message) as caught:
        generate_text(tiny, vocabulary, **{"start_string": "A", **arguments})
    assert re.fullmatch(r"[A-Za-z][^\n]*\.", str(caught.value))


def test_numbers_of_numpy_are_numbers(tiny, vocabulary) -> None:
    arguments = (np.int64(4), np.float32(0.5), np.int32(2), np.float64(0.9))
    names = ("num_generate", "temperature", "top_k", "top_p")
    written = generate_text(
        tiny,
        vocabulary,
        ("A", "B"),
        seed=np.int64(1),
        **dict(zip(names, arguments, strict=True)),
    )
    plain = generate_text(
        tiny,
        vocabulary,
        ["A", "B"],
        4,
        temperature=0.5,
        top_k=2,
        top_p=0.9,
        seed=1,
    )
    assert written == plain and len(written[0]) == 5


@pytest.mark.parametrize("starts", ["A", ["A", "B"]])
def test_a_model_whose_training_has_failed_is_refused(
    starts, tiny, vocabulary
) -> None:
    tiny.set_weights([weight * np.nan for weight in tiny.get_weights()])
    with pytest.raises(ValueError, match=r"are not numbers .* has failed"):
        generate_text(tiny, vocabulary, starts, 5)


def test_models_that_cannot_write_are_refused(tiny, vocabulary) -> None:
    layers = [
        keras.layers.Conv1D(8, 3, padding="causal"),
        sequences("GRU", 12, go_backwards=True),
        keras.layers.Bidirectional(sequences("GRU", 12)),
        keras.layers.GRU(12),  # returns its last output alone
    ]
    for model in map(stack, layers):
        layer = model.layers[1]
        message = f"cannot use the layer '{layer.name}'"
        with pytest.raises(ValueError, match=message):
            generate_text(model, vocabulary, "A", 1)
    functional = keras.Model(tiny.inputs, tiny.outputs)
    with pytest.raises(ValueError, match="a stack of layers, but got a Func"):
        generate_text(functional, vocabulary, "A", 1)
