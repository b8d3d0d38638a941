"""FastGRU is Keras's GRU: the same results, gradients, files and arguments."""

import inspect
import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textgen_helpers.hardware import xla_works
from textgen_helpers.model import gru
from textgen_helpers.model.gru import FastGRU, compiled_gru_loop, gru_loop

some = settings(max_examples=15)
few = settings(max_examples=4)
sizes = st.tuples(*[st.integers(1, 6)] * 4)  # batch, time, features, units

Sizes = tuple[int, int, int, int]


def pair(
    units: int, features: int, batch: int | None = None, **options: Any
) -> list[keras.layers.GRU]:
    """Return Keras's layer and ours, with the same weights, not near zero."""
    layers = [keras.layers.GRU(units, **options), FastGRU(units, **options)]
    rng = np.random.default_rng(units + 10 * features)
    for layer in layers:
        layer.build((batch, None, features))
    weights = [rng.normal(0, 0.7, w.shape) for w in layers[0].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def outputs_and_gradients(
    layer: keras.layers.GRU,
    inputs: Any,
    state: Any = None,
    training: bool = False,
) -> list[Any]:
    """Return outputs, and the gradients by inputs, state and weights."""
    arguments = [inputs] if state is None else [inputs, state]
    watched = [tf.convert_to_tensor(x) for x in arguments]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        outputs = tf.nest.flatten(
            layer(
                watched[0],
                initial_state=watched[1:] or None,
                training=training,
            )
        )
        outputs = [tf.cast(y, tf.float64) for y in outputs]
        total = tf.add_n(
            [tf.reduce_sum(tf.sin(y) * tf.cos(3 * y)) for y in outputs]
        )
    gradients = tape.gradient(total, watched + layer.trainable_variables)
    return [tf.cast(x, tf.float64) for x in [*outputs, *gradients]]


def assert_same(results: list[Any], expected: list[Any], atol: float) -> None:
    for a, b in zip(results, expected, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=atol, atol=atol)


def random_array(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@some
@given(sizes, st.booleans(), st.booleans(), st.booleans())
def test_outputs_states_and_gradients_are_keras_s(
    shape: Sizes, return_sequences: bool, return_state: bool, with_state: bool
) -> None:
    batch, time, features, units = shape
    keras_layer, layer = pair(
        units,
        features,
        return_sequences=return_sequences,
        return_state=return_state,
        dtype="float64",  # so that rounding cannot hide a difference
    )
    inputs = random_array(1, batch, time, features).astype(float)
    state = random_array(2, batch, units).astype(float) if with_state else None
    expected = outputs_and_gradients(keras_layer, inputs, state)
    assert_same(outputs_and_gradients(layer, inputs, state), expected, 1e-10)


# Four functions are compiled for each example: few examples, of which one has
# an even batch, whose halves run side by side.
@settings(max_examples=2)
@example((4, 3, 2, 5))
@given(sizes)
def test_they_are_keras_s_in_a_compiled_function_too(shape: Sizes) -> None:
    batch, time, features, units = shape
    keras_layer, layer = pair(
        units, features, return_sequences=True, return_state=True
    )
    inputs = random_array(1, batch, time, features)
    state = random_array(2, batch, units)
    expected = outputs_and_gradients(keras_layer, inputs, state)
    for jit_compile in {False, xla_works()}:
        compiled = tf.function(outputs_and_gradients, jit_compile=jit_compile)
        for training in (False, True):
            results = compiled(layer, inputs, state, training)
            assert_same(results, expected, 1e-5)


@few
@given(sizes)
def test_a_stateful_layer_carries_its_state(shape: Sizes) -> None:
    batch, time, features, units = shape
    keras_layer, layer = pair(units, features, batch, stateful=True)
    for call in range(3):
        inputs = random_array(call, batch, time, features)
        expected = outputs_and_gradients(keras_layer, inputs)
        assert_same(outputs_and_gradients(layer, inputs), expected, 1e-5)
        assert_same(layer.states, keras_layer.states, 1e-5)
    layer.reset_state()
    assert not np.any(layer.states[0])


@few
@given(sizes)
def test_in_bfloat16_the_error_is_that_of_the_format(shape: Sizes) -> None:
    batch, time, features, units = shape
    exact_layer, _ = pair(units, features, return_sequences=True)
    keras_layer, layer = pair(
        units, features, return_sequences=True, dtype="mixed_bfloat16"
    )
    inputs = random_array(1, batch, time, features)
    assert layer(inputs).dtype == tf.bfloat16
    assert all(w.dtype == "float32" for w in layer.trainable_variables)
    exact, by_keras, by_us = (
        np.concatenate([np.ravel(x) for x in outputs_and_gradients(y, inputs)])
        for y in (exact_layer, keras_layer, layer)
    )
    # Keras's layer rounds to 8 bits too, at other places.
    tolerance = 2 * np.linalg.norm(by_keras - exact)
    tolerance += 0.02 * np.linalg.norm(exact)
    assert np.linalg.norm(by_us - exact) <= tolerance


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
def test_what_it_does_not_cover_keras_does(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gru, "gru_loop", None)
    keras_layer, layer = pair(4, 3, return_sequences=True, **options)
    inputs = random_array(1, 2, 5, 3)
    expected = keras_layer(inputs, training=True)
    np.testing.assert_allclose(
        layer(inputs, training=True), expected, atol=1e-6
    )


def test_masked_steps_are_left_out_as_in_keras() -> None:
    keras_layer, layer = pair(4, 3, return_sequences=True)
    inputs = random_array(1, 2, 5, 3)
    mask = tf.constant([[True, True, False, True, False], [False] * 4 + [True]])
    outputs = layer(inputs, mask=mask)
    np.testing.assert_allclose(
        outputs, keras_layer(inputs, mask=mask), atol=1e-6
    )
    assert not np.allclose(outputs, layer(inputs))


def test_on_a_gpu_keras_s_loop_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    _, layer = pair(4, 3)
    inputs = random_array(1, 2, 5, 3)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])
    expected = layer(inputs)
    monkeypatch.setattr(gru, "gru_loop", None)
    with pytest.raises(TypeError):
        layer(inputs)  # so the fast loop is what runs without a GPU
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: ["GPU"])
    np.testing.assert_allclose(layer(inputs), expected, atol=1e-6)


@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_second_derivative_is_refused(is_compiled: bool) -> None:
    _, layer = pair(4, 3)
    inputs = tf.constant(random_array(1, 2, 5, 3))

    def second_derivative() -> Any:
        with tf.GradientTape() as outer:
            outer.watch(inputs)
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                total = tf.reduce_sum(layer(inputs))
            gradient = inner.gradient(total, inputs)
        return outer.gradient(gradient, inputs)

    # In a compiled function TensorFlow wraps the LookupError in its own.
    error = Exception if is_compiled else LookupError
    if is_compiled:
        second_derivative = tf.function(second_derivative)
    with pytest.raises(error, match=r"use keras\.layers\.GRU"):
        second_derivative()


def test_numerical_differentiation_agrees() -> None:
    shapes = [(3, 2, 6), (2, 2), (2, 6), (6,)]
    arguments = [
        tf.constant(random_array(i, *shape), tf.float64)
        for i, shape in enumerate(shapes)
    ]
    for loop in (gru_loop, compiled_gru_loop)[: 1 + xla_works()]:
        exact, numerical = tf.test.compute_gradient(loop, arguments)
        for a, b in zip(exact, numerical, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)


def test_keras_has_the_method_that_we_override() -> None:
    method = getattr(keras.layers.GRU, "inner_loop", None)
    message = (
        "Keras has changed GRU.inner_loop, a method that is not public and "
        "that FastGRU overrides: adapt textgen_helpers/model/gru.py to it."
    )
    assert method is not None, message
    theirs = inspect.signature(method).parameters.values()
    ours = inspect.signature(FastGRU.inner_loop).parameters.values()
    assert [(x.name, x.default, x.kind) for x in theirs] == [
        (x.name, x.default, x.kind) for x in ours
    ], message


# Files and arguments.


def two_layers(layer_class: type[keras.layers.GRU]) -> keras.Sequential:
    return keras.Sequential(
        [
            keras.Input((None, 3)),
            layer_class(4, return_sequences=True),
            layer_class(5),
        ]
    )


@pytest.mark.parametrize("suffix", [".keras", ".weights.h5"])
@pytest.mark.parametrize(
    ("saved_class", "loaded_class"),
    [(FastGRU, keras.layers.GRU), (keras.layers.GRU, FastGRU)],
    ids=["FastGRU to GRU", "GRU to FastGRU"],
)
def test_weights_go_both_ways(
    tmp_path: Path,
    suffix: str,
    saved_class: type[keras.layers.GRU],
    loaded_class: type[keras.layers.GRU],
) -> None:
    saved, loaded = two_layers(saved_class), two_layers(loaded_class)
    path = tmp_path / f"weights{suffix}"
    if suffix == ".keras":
        saved.save(path)
    else:
        saved.save_weights(path)
    loaded.load_weights(path)
    inputs = random_array(1, 2, 5, 3)
    np.testing.assert_allclose(saved(inputs), loaded(inputs), atol=1e-6)


def test_a_keras_file_names_the_class_and_brings_it_back(
    tmp_path: Path,
) -> None:
    saved = two_layers(FastGRU)
    path = tmp_path / "model.keras"
    saved.save(path)
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
    layer_config = config["config"]["layers"][1]
    assert layer_config["class_name"] == "GRU"
    assert layer_config["registered_name"] == "textgen_helpers>FastGRU"
    # The class is where the file says that it is.
    assert layer_config["module"] == FastGRU.__module__ == gru.__name__
    assert getattr(gru, layer_config["class_name"]) is FastGRU
    loaded = keras.models.load_model(path)
    assert type(loaded.layers[0]) is FastGRU
    inputs = random_array(1, 2, 5, 3)
    np.testing.assert_allclose(loaded(inputs), saved(inputs), atol=1e-6)


def test_arguments_and_config_are_keras_s() -> None:
    keras_layer, layer = (
        layer_class(4, return_sequences=True, kernel_regularizer="l2", name="a")
        for layer_class in (keras.layers.GRU, FastGRU)
    )
    assert layer.get_config() == keras_layer.get_config()
    again = FastGRU.from_config(keras_layer.get_config())
    assert again.get_config() == layer.get_config()


@pytest.mark.parametrize("return_sequences", [True, False])
def test_static_shapes_are_known(return_sequences: bool) -> None:
    inputs = keras.Input(batch_shape=(2, 7, 3))
    keras_output, output = (
        layer_class(4, return_sequences=return_sequences)(inputs)
        for layer_class in (keras.layers.GRU, FastGRU)
    )
    assert output.shape == keras_output.shape
    flat = keras.layers.Flatten()(output)
    assert flat.shape == (2, 28 if return_sequences else 4)


@pytest.mark.parametrize(
    ("dtype", "training", "is_recorded", "is_compiled"),
    [
        ("float32", True, True, True),
        ("float32", False, True, False),
        ("float32", True, False, False),
        ("mixed_bfloat16", True, True, False),
    ],
)
def test_loops_are_compiled_where_that_pays(
    monkeypatch: pytest.MonkeyPatch,
    dtype: str,
    training: bool,
    is_recorded: bool,
    is_compiled: bool,
) -> None:
    used = []
    for name in ("gru_loop", "compiled_gru_loop"):
        loop = getattr(gru, name)

        def observed_loop(*arguments: Any, name=name, loop=loop) -> Any:
            used.append(name)
            return loop(*arguments)

        monkeypatch.setattr(gru, name, observed_loop)
    monkeypatch.setattr(gru, "xla_works", lambda: True)
    monkeypatch.setattr(gru, "halving_pays", lambda *sizes: False)
    _, layer = pair(4, 3, dtype=dtype)
    inputs = tf.constant(random_array(1, 2, 5, 3))
    call = tf.function(layer) if is_recorded else layer
    call(inputs, training=training)
    assert used == ["compiled_gru_loop" if is_compiled else "gru_loop"]


@pytest.mark.parametrize(
    ("batch_size", "units", "cores", "pays"),
    [
        (32, 192, 2, True),
        (32, 192, 16, True),
        (32, 192, 1, False),
        (32, 192, None, False),
        (64, 1024, 2, False),
        (33, 192, 2, False),
        (None, 192, 2, False),
    ],
)
def test_a_small_batch_is_halved_where_there_are_two_cores(
    monkeypatch: pytest.MonkeyPatch,
    batch_size: int | None,
    units: int,
    cores: int | None,
    pays: bool,
) -> None:
    monkeypatch.setattr(gru.os, "cpu_count", lambda: cores)
    assert gru.halving_pays(batch_size, units) == pays


@pytest.mark.skipif(not xla_works(), reason="TensorFlow has no XLA here")
def test_halves_have_the_states_and_gradients_of_the_whole() -> None:
    loops = (gru.gru_loop, gru.halved_gru_loop)
    values = [
        tf.constant(random_array(seed, *shape))
        for seed, shape in enumerate([(5, 4, 9), (4, 3), (3, 9), (9,)])
    ]
    results = []
    for loop in loops:
        with tf.GradientTape() as tape:
            tape.watch(values)
            states = loop(*values)
            loss = tf.reduce_sum(states**2)
        results.append([states, *tape.gradient(loss, values)])
    for whole, halves in zip(*results, strict=True):
        np.testing.assert_allclose(halves, whole, rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(not xla_works(), reason="TensorFlow has no XLA here")
def test_one_compiled_loop_serves_all_layers_of_the_same_sizes() -> None:
    inputs = tf.constant(random_array(1, 3, 5, 2))
    counts = []
    for _ in range(2):
        _, layer = pair(4, 2, return_sequences=True)
        step = tf.function(outputs_and_gradients)
        step(layer, inputs, None, True)
        counts.append(gru.compiled_forward.experimental_get_tracing_count())
    assert counts[0] == counts[1]


def test_fit_leaves_the_rest_of_a_step_as_it_is() -> None:
    model = two_layers(FastGRU)
    model.compile("adam", "mse")
    assert not model.jit_compile
