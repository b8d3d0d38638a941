"""FastGRU is Keras's GRU: the same results, gradients, files and arguments."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers import FastGRU
from textgen_helpers.fast_gru import gru_loop

some = settings(max_examples=15, deadline=None)
few = settings(max_examples=4, deadline=None)
sizes = st.tuples(*[st.integers(1, 6)] * 4)  # batch, time, features, units


def pair(units: int, features: int, **options: Any) -> list[keras.layers.GRU]:
    """Return Keras's layer and ours, with the same weights, not near zero."""
    batch = options.pop("batch", None)
    layers = [keras.layers.GRU(units, **options), FastGRU(units, **options)]
    rng = np.random.default_rng(units + 10 * features)
    for layer in layers:
        layer.build((batch, None, features))
    weights = [rng.normal(0, 0.7, w.shape) for w in layers[0].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def everything(
    layer: keras.layers.GRU, inputs: Any, state: Any = None
) -> list[np.ndarray]:
    """Return outputs, and the gradients for inputs, state and weights."""
    given = [inputs] if state is None else [inputs, state]
    watched = [tf.convert_to_tensor(x) for x in given]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        found = tf.nest.flatten(
            layer(watched[0], initial_state=watched[1:] or None)
        )
        found = [tf.cast(y, tf.float64) for y in found]
        total = tf.add_n(
            [tf.reduce_sum(tf.sin(y) * tf.cos(3 * y)) for y in found]
        )
    watched += layer.trainable_variables
    found = [*found, *tape.gradient(total, watched)]
    return [tf.cast(x, tf.float64) for x in found]


def assert_same(found: list[Any], wanted: list[Any], atol: float) -> None:
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=atol, atol=atol)


def numbers(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@some
@given(sizes, st.booleans(), st.booleans(), st.booleans())
def test_outputs_states_and_gradients_are_keras_s(
    shape, return_sequences: bool, return_state: bool, with_state: bool
) -> None:
    batch, time, features, units = shape
    layers = pair(
        units,
        features,
        return_sequences=return_sequences,
        return_state=return_state,
        dtype="float64",  # so that rounding cannot hide a difference
    )
    state = numbers(2, batch, units).astype(float) if with_state else None
    inputs = numbers(1, batch, time, features).astype(float)
    wanted, found = (everything(layer, inputs, state) for layer in layers)
    assert_same(found, wanted, 1e-10)


@few
@given(sizes)
def test_they_are_in_a_compiled_function_too(shape) -> None:
    batch, time, features, units = shape
    layers = pair(units, features, return_sequences=True, return_state=True)
    inputs, state = numbers(1, batch, time, features), numbers(2, batch, units)
    wanted = everything(layers[0], inputs, state)
    for jit in (False, True):
        compiled = tf.function(everything, jit_compile=jit)
        assert_same(compiled(layers[1], inputs, state), wanted, 1e-5)


@few
@given(sizes)
def test_a_stateful_layer_carries_its_state(shape) -> None:
    batch, time, features, units = shape
    layers = pair(units, features, stateful=True, batch=batch)
    for round_number in range(3):
        inputs = numbers(round_number, batch, time, features)
        wanted, found = (everything(layer, inputs) for layer in layers)
        assert_same(found, wanted, 1e-5)
        assert_same(layers[1].states, layers[0].states, 1e-5)
    for layer in layers:
        layer.reset_state()
    assert not np.any(layers[1].states[0])


@few
@given(sizes)
def test_in_bfloat16_the_error_is_that_of_the_format(shape) -> None:
    batch, time, features, units = shape
    options = {"return_sequences": True, "dtype": "mixed_bfloat16"}
    exact, _ = pair(units, features, return_sequences=True)
    theirs, ours = pair(units, features, **options)
    inputs = numbers(1, batch, time, features)
    assert ours(inputs).dtype == tf.bfloat16
    assert all(w.dtype == "float32" for w in ours.trainable_variables)
    wanted, by_keras, found = (
        np.concatenate([np.ravel(x) for x in everything(layer, inputs)])
        for layer in (exact, theirs, ours)
    )
    # Keras's layer rounds to 8 bits too, at other places.
    allowed = 2 * np.linalg.norm(by_keras - wanted)
    allowed += 0.02 * np.linalg.norm(wanted)
    assert np.linalg.norm(found - wanted) <= allowed


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.5, "seed": 1},
        {"recurrent_dropout": 0.5, "seed": 1},
        {"reset_after": False},
        {"use_bias": False},
        {"activation": "relu"},
        {"recurrent_activation": "hard_sigmoid"},
        {"unroll": True},
        {"go_backwards": True},
    ],
    ids=str,
)
def test_what_it_does_not_cover_keras_does(options, monkeypatch) -> None:
    monkeypatch.setattr("textgen_helpers.fast_gru.gru_loop", None)
    layers = pair(4, 3, return_sequences=True, **options)
    inputs = numbers(1, 2, 5, 3)
    wanted, found = (layer(inputs, training=True) for layer in layers)
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_masks_are_keras_s_too() -> None:
    layers = pair(4, 3, return_sequences=True)
    inputs = numbers(1, 2, 5, 3)
    mask = tf.constant([[True, True, False, True, False], [False] * 4 + [True]])
    wanted, found = (layer(inputs, mask=mask) for layer in layers)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert not np.allclose(found, layers[1](inputs))


def test_on_a_gpu_keras_takes_over(monkeypatch) -> None:
    (_, layer), inputs = pair(4, 3), numbers(1, 2, 5, 3)
    wanted = layer(inputs)
    monkeypatch.setattr("textgen_helpers.fast_gru.gru_loop", None)
    with pytest.raises(TypeError):
        layer(inputs)  # so the fast loop is what runs without a GPU
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["GPU"])
    np.testing.assert_allclose(layer(inputs), wanted, atol=1e-6)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_second_derivative_is_refused(compiled: bool) -> None:
    _, layer = pair(4, 3)
    inputs = tf.constant(numbers(1, 2, 5, 3))

    def second() -> Any:
        with tf.GradientTape() as outer:
            outer.watch(inputs)
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                total = tf.reduce_sum(layer(inputs))
            gradient = inner.gradient(total, inputs)
        return outer.gradient(gradient, inputs)

    # In a compiled function TensorFlow wraps the LookupError in its own.
    error = Exception if compiled else LookupError
    with pytest.raises(error, match=r"use keras\.layers\.GRU"):
        (tf.function(second) if compiled else second)()


def test_numerical_differentiation_agrees() -> None:
    projected, state, recurrent, bias = (
        tf.constant(numbers(i, *shape), tf.float64)
        for i, shape in enumerate([(3, 2, 12), (2, 4), (4, 12), (12,)])
    )
    for theory, numeric in zip(
        *tf.test.compute_gradient(
            gru_loop, [projected, state, recurrent, bias]
        ),
        strict=True,
    ):
        np.testing.assert_allclose(theory, numeric, atol=1e-5)


def model(kind: type[keras.layers.GRU]) -> keras.Sequential:
    return keras.Sequential(
        [keras.Input((None, 3)), kind(4, return_sequences=True), kind(5)]
    )


@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
@pytest.mark.parametrize("ours_first", [True, False])
def test_weights_go_both_ways(tmp_path, ending, ours_first: bool) -> None:
    kinds = (
        (FastGRU, keras.layers.GRU)
        if ours_first
        else (keras.layers.GRU, FastGRU)
    )
    a, b = (model(kind) for kind in kinds)
    path = tmp_path / f"weights{ending}"
    save = a.save if ending == ".keras" else a.save_weights
    save(path)
    b.load_weights(path)
    inputs = numbers(1, 2, 5, 3)
    np.testing.assert_allclose(a(inputs), b(inputs), atol=1e-6)


def test_a_keras_file_brings_the_class_back(tmp_path) -> None:
    saved = model(FastGRU)
    saved.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[0]) is FastGRU
    inputs = numbers(1, 2, 5, 3)
    np.testing.assert_allclose(loaded(inputs), saved(inputs), atol=1e-6)


def test_arguments_and_config_are_keras_s() -> None:
    configs = [
        kind(4, return_sequences=True, kernel_regularizer="l2", name="a")
        for kind in (keras.layers.GRU, FastGRU)
    ]
    assert configs[0].get_config() == configs[1].get_config()
    again = FastGRU.from_config(configs[0].get_config())
    assert again.get_config() == configs[1].get_config()


@pytest.mark.parametrize("return_sequences", [True, False])
def test_static_shapes_are_known(return_sequences: bool) -> None:
    inputs = keras.Input(batch_shape=(2, 7, 3))
    outputs = [
        kind(4, return_sequences=return_sequences)(inputs)
        for kind in (keras.layers.GRU, FastGRU)
    ]
    assert outputs[0].shape == outputs[1].shape
    flat = keras.layers.Flatten()(outputs[1])
    assert flat.shape == (2, 28 if return_sequences else 4)


def test_bfloat16_runs_without_xla() -> None:
    exact, ours = pair(4, 3), pair(4, 3, dtype="mixed_bfloat16")
    for layer in (exact[1], ours[1]):
        layer(numbers(1, 2, 5, 3))
    assert exact[1].supports_jit and not ours[1].supports_jit
