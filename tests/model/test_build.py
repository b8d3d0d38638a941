"""The model: its layers, its state, its copies."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from textgen_helpers.model.build import (
    build_model,
    clone_model,
    recurrent_layers,
    reset_states,
    summary_text,
    to_keras_gru,
    to_keras_writer,
)
from textgen_helpers.model.gru import FastGRU
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.text.vocabulary import Vocabulary
from textgen_helpers.training.fit import loss


@pytest.fixture(scope="module")
def trained_once(
    vocabulary: Vocabulary, ids: np.ndarray
) -> tuple[keras.Sequential, list[np.ndarray]]:
    """Return a small model, trained for a few steps, and what it holds."""
    keras.utils.set_random_seed(0)
    model = build_model(len(vocabulary), 8, 16, batch_size=4)
    model.compile("adam", loss=loss, jit_compile=False)
    batches = stream_batches(ids[:500], 10, 4)
    model.fit(batches, shuffle=False, verbose=0)
    return model, numbers_of(model)


@pytest.fixture
def trained(
    trained_once: tuple[keras.Sequential, list[np.ndarray]],
) -> Iterator[keras.Sequential]:
    """Return the trained model as it is after its training.

    A test may change its state, which is put back, and nothing else.
    """
    model, numbers = trained_once
    yield model
    for states, after in zip(states_of(model), numbers, strict=False):
        states.assign(after)
    for after, expected in zip(numbers_of(model), numbers, strict=True):
        assert np.array_equal(after, expected)


def states_of(model: keras.Sequential) -> list[keras.Variable]:
    return [x for layer in recurrent_layers(model) for x in layer.states]


def numbers_of(model: keras.Sequential) -> list[np.ndarray]:
    """Return states, weights, random numbers and those of the optimizer."""
    parts = (states_of(model), model.variables, model.optimizer.variables)
    return [variable.numpy() for part in parts for variable in part]


def assert_same_weights(model: keras.Model, other: keras.Model) -> None:
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_the_lesson_s_model_has_its_parameters() -> None:
    model = build_model(65)
    counts = [layer.count_params() for layer in model.layers]
    assert counts == [16_640, 3_938_304, 66_625]
    assert model.count_params() == 4_021_569
    assert model.input_shape == (64, None)
    assert model.output_shape == (64, None, 65)


def test_there_is_a_logit_for_each_character(tiny: keras.Sequential) -> None:
    logits = tiny(np.zeros((4, 7), np.int32))
    assert logits.shape == (4, 7, 65)
    assert logits.dtype == "float32"


def test_untrained_all_characters_are_about_equally_likely(
    tiny: keras.Sequential, ids: np.ndarray
) -> None:
    logits = tiny(ids[:400].reshape(4, 100)).numpy()
    probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    cross_entropy = -np.log(probabilities).mean()
    assert cross_entropy == pytest.approx(np.log(65), abs=0.01)


def test_the_state_stays_until_it_is_reset(tiny: keras.Sequential) -> None:
    batch = np.ones((4, 5), np.int32)
    first = tiny(batch).numpy()
    assert not np.allclose(first, tiny(batch).numpy())
    reset_states(tiny)
    assert np.allclose(first, tiny(batch).numpy())


def test_a_model_may_have_no_carried_state() -> None:
    model = build_model(65, 8, 16, 4, stateful=False)
    batch = np.ones((4, 5), np.int32)
    first = model(batch).numpy()
    assert np.array_equal(first, model(batch).numpy())
    reset_states(model)


def test_several_layers_and_dropout() -> None:
    model = build_model(65, 8, 16, 4, rnn_layers=2, dropout=0.5)
    names = [type(layer).__name__ for layer in model.layers]
    assert names == [
        "Embedding",
        "Dropout",
        "GRU",
        "Dropout",
        "GRU",
        "Dropout",
        "Dense",
    ]
    assert len(recurrent_layers(model)) == 2
    batch = np.ones((4, 5), np.int32)
    assert not np.allclose(model(batch, training=True), model(batch))
    rates = [layer.rate for layer in model.layers if hasattr(layer, "rate")]
    assert rates == [0.125, 0.5, 0.5]


def test_dropout_is_the_same_for_all_characters_of_a_row() -> None:
    keras.utils.set_random_seed(0)
    model = build_model(65, 8, 16, 4, dropout=0.5)
    outputs = model.layers[3](np.ones((4, 5, 16)), training=True).numpy()
    is_dropped = outputs == 0
    assert np.array_equal(is_dropped, np.repeat(is_dropped[:, :1], 5, axis=1))
    assert 0.2 < is_dropped[:, 0].mean() < 0.8
    assert not np.array_equal(is_dropped[0], is_dropped[1])


def test_it_computes_in_the_number_format_given() -> None:
    model = build_model(65, 8, 16, 4, dropout=0.1, dtype="mixed_bfloat16")
    formats = [layer.compute_dtype for layer in model.layers]
    assert formats == ["bfloat16"] * 4 + ["float32"]
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert model(np.zeros((4, 7), np.int32)).dtype == "float32"


@pytest.mark.parametrize(
    "name",
    ["vocab_size", "embedding_dim", "rnn_units", "batch_size", "rnn_layers"],
)
def test_sizes_below_one_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        build_model(**{"vocab_size": 65, name: 0})


@pytest.mark.parametrize("dropout", [-0.1, 1.0, float("nan")])
def test_a_dropout_out_of_range_is_refused(dropout: float) -> None:
    with pytest.raises(ValueError, match="dropout must be from 0"):
        build_model(65, 8, 16, 4, dropout=dropout)


def test_the_summary_is_plain_text(tiny: keras.Sequential) -> None:
    summary = summary_text(tiny)
    assert "(Embedding)" in summary and "\x1b" not in summary
    assert f"Total params: {tiny.count_params():,}" in summary


# Copies.


def test_a_copy_has_another_batch_size_and_its_own_state(
    trained: keras.Sequential,
) -> None:
    copy = clone_model(trained, batch_size=2)
    assert copy.input_shape == (2, None)
    assert_same_weights(copy, trained)
    reset_states(trained)
    trained(np.ones((4, 5), np.int32))
    state = recurrent_layers(trained)[0].states[0].numpy()
    assert recurrent_layers(copy)[0].stateful
    assert not np.any(recurrent_layers(copy)[0].states[0])
    copy(np.zeros((2, 3), np.int32))
    assert np.array_equal(recurrent_layers(trained)[0].states[0], state)


@pytest.mark.parametrize("stateful", [True, False])
def test_a_copy_carries_its_state_or_not(stateful: bool) -> None:
    model = build_model(65, 8, 16, 4, rnn_layers=2, stateful=not stateful)
    copy = clone_model(model, batch_size=4, stateful=stateful)
    assert [x.stateful for x in recurrent_layers(copy)] == [stateful] * 2
    assert [x.stateful for x in recurrent_layers(model)] == [not stateful] * 2
    batch = np.ones((4, 5), np.int32)
    first, second = copy(batch).numpy(), copy(batch).numpy()
    assert np.array_equal(first, second) != stateful


def test_a_copy_without_a_state_takes_any_number_of_texts(
    tiny: keras.Sequential,
) -> None:
    copy = clone_model(tiny, batch_size=None, stateful=False)
    for batch_size in (1, 3):
        assert copy(np.ones((batch_size, 5), np.int32)).shape[0] == batch_size


def test_a_copy_keeps_kinds_number_formats_and_dropout() -> None:
    model = build_model(
        65, 8, 16, 4, rnn_layers=2, dropout=0.2, dtype="mixed_bfloat16"
    )
    copy = clone_model(model, batch_size=1)
    assert [type(x) for x in copy.layers] == [type(x) for x in model.layers]
    configs = [layer.get_config() for layer in model.layers]
    assert [layer.get_config() for layer in copy.layers] == configs


def test_other_layers_are_copied_too(tiny: keras.Sequential) -> None:
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(4, None), dtype="int32"),
            keras.layers.Embedding(65, 8),
            keras.layers.LSTM(6, return_sequences=True),
            keras.layers.Dense(65),
        ]
    )
    copy = clone_model(model, batch_size=1, plain=True)
    assert [type(x) for x in copy.layers] == [type(x) for x in model.layers]
    assert_same_weights(copy, model)


@pytest.mark.parametrize("plain", [True, False])
def test_a_plain_copy_has_keras_s_layer(
    trained: keras.Sequential, plain: bool
) -> None:
    assert type(recurrent_layers(trained)[0]) is FastGRU
    copy = clone_model(trained, batch_size=4, plain=plain)
    layer_class = type(recurrent_layers(copy)[0])
    assert layer_class is (keras.layers.GRU if plain else FastGRU)
    batch = np.arange(20).reshape(4, 5)
    reset_states(trained)
    np.testing.assert_allclose(copy(batch), trained(batch), atol=1e-5)


# Files of Keras.


def test_keras_loads_an_exported_copy_without_this_package(
    trained: keras.Sequential, tmp_path: Path
) -> None:
    copy = to_keras_gru(trained)
    assert copy.input_shape == trained.input_shape
    copy.save(tmp_path / "plain.keras")
    batch = np.arange(20).reshape(4, 5)
    np.save(tmp_path / "logits.npy", copy(batch))
    program = (
        "import keras, numpy, sys\n"
        "model = keras.models.load_model('plain.keras')\n"
        "logits = model(numpy.arange(20).reshape(4, 5))\n"
        "numpy.testing.assert_allclose(\n"
        "    logits, numpy.load('logits.npy'), atol=1e-5)\n"
        "assert 'textgen_helpers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)


SIZES = [
    {"rnn_layers": 1, "dropout": 0.0, "dtype": "float32"},
    {"rnn_layers": 2, "dropout": 0.3, "dtype": "float32"},
    {"rnn_layers": 2, "dropout": 0.3, "dtype": "mixed_bfloat16"},
]


def writer_and_inputs(
    **sizes: Any,
) -> tuple[keras.Sequential, keras.Model, list[tf.Tensor]]:
    """Return a model with logits that differ, its writer and a first input."""
    keras.utils.set_random_seed(0)
    model = build_model(65, 8, 16, batch_size=1, **sizes)
    for layer in (model.layers[0], model.layers[-1]):
        layer.set_weights([20 * array for array in layer.get_weights()])
    ids = tf.constant([[18, 47, 56, 57, 58, 1, 15]])
    states = [tf.zeros((1, 16))] * sizes["rnn_layers"]
    return model, to_keras_writer(model), [ids, *states]


@pytest.mark.parametrize("sizes", SIZES)
def test_a_writer_gives_the_logits_of_its_model(sizes: dict[str, Any]) -> None:
    model, writer, inputs = writer_and_inputs(**sizes)
    logits, *states = writer(inputs)
    expected = model(inputs[0]).numpy()
    is_exact = sizes["dtype"] == "float32"
    atol = 1e-5 if is_exact else 0.02 * np.abs(expected).max()
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(logits, expected, rtol=0, atol=atol)
    for state, layer in zip(states, recurrent_layers(model), strict=True):
        after = tf.cast(layer.states[0], tf.float32)
        np.testing.assert_allclose(state, after, rtol=0, atol=atol)
    assert {x.dtype for x in (logits, *states)} == {tf.float32}


@pytest.mark.parametrize("sizes", SIZES)
def test_a_writer_remembers_what_it_is_given_and_nothing_else(
    sizes: dict[str, Any],
) -> None:
    _, writer, (ids, *empty) = writer_and_inputs(**sizes)
    whole, *last = writer([ids, *empty])
    again, *_ = writer([ids, *empty])
    assert np.array_equal(whole, again)
    first, *states = writer([ids[:, :3], *empty])
    second, *new = writer([ids[:, 3:], *states])
    np.testing.assert_allclose(tf.concat([first, second], 1), whole, atol=1e-5)
    for a, b in zip(new, last, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    forgetful, *_ = writer([ids[:, 3:], *empty])
    assert not np.allclose(forgetful, second, atol=1e-3)


def test_a_writer_takes_any_number_of_texts() -> None:
    _, writer, (ids, *empty) = writer_and_inputs(**SIZES[0])
    three = [tf.repeat(x, 3, axis=0) for x in (ids, *empty)]
    logits, state = writer(three)
    assert logits.shape == (3, 7, 65) and state.shape == (3, 16)


@pytest.mark.parametrize("sizes", SIZES)
def test_a_writer_is_saved_and_exported_for_others(
    sizes: dict[str, Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, writer, inputs = writer_and_inputs(**sizes)
    capfd.readouterr()
    writer.save(tmp_path / "writer.keras")
    writer.export(tmp_path / "graph", verbose=False)
    assert capfd.readouterr() == ("", "")  # a student would see it
    expected = writer(inputs)
    np.savez(tmp_path / "expected.npz", *expected)
    program = (
        "import keras, numpy, sys, tensorflow as tf\n"
        "loaded = keras.models.load_model('writer.keras')\n"
        "exported = tf.saved_model.load('graph')\n"
        "empty = [tf.zeros((1, x.shape[-1])) for x in loaded.inputs[1:]]\n"
        "inputs = [tf.constant([[18, 47, 56, 57, 58, 1, 15]]), *empty]\n"
        "expected = list(numpy.load('expected.npz').values())\n"
        "for run in (loaded, exported.serve, exported.serve):\n"
        "    for a, b in zip(run(inputs), expected, strict=True):\n"
        "        numpy.testing.assert_allclose(a, b, atol=1e-5)\n"
        "assert 'textgen_helpers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)


def test_with_this_package_keras_loads_a_compiled_model(
    trained: keras.Sequential, tmp_path: Path
) -> None:
    trained.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(recurrent_layers(loaded)[0]) is FastGRU
    assert loaded.compiled and loaded.loss is loss
    assert_same_weights(loaded, trained)
    for a, b in zip(
        loaded.optimizer.variables, trained.optimizer.variables, strict=True
    ):
        assert np.array_equal(a, b)
