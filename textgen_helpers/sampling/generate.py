"""A model and a start string to text: one character at a time.

The loop over characters is compiled as a whole, since Python would slow each
step. It works on raw layers: it keeps their states itself, looks the first
projection up in a table, and ignores the model's own state and batch size.
"""

import functools
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..hardware import xla_works
from ..model.build import check_vocabulary, recurrent_layers
from ..model.gru import GRU, gru_gates
from ..text.vocabulary import Vocabulary
from .logits import (
    apply_sampling_parameters,
    check_sampling_parameters,
    sample_ids,
)

BLOCK_SIZE = 256
"""Steps that are compiled together: XLA needs a fixed size, texts have any."""

_LOOPS = "_generation_loops"  # where a model keeps its compiled loops


def generate_text(
    model: keras.Sequential,
    vocabulary: Vocabulary,
    start_string: str | Sequence[str],
    num_generate: int = 1000,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
) -> str | list[str]:
    """Continue a start string, or several of them side by side.

    The model reads the whole start string before it writes.

    Args:
        model: Any stack of layers in which only recurrent ones look at more
            than one character. Its own state and batch size are not used.
        vocabulary: The vocabulary that the model was trained with.
        start_string: A string, or a list of strings, each of one character
            or more.
        num_generate: Number of characters to add.
        temperature: Divides the logits; above 0. Below 1 the text is safer.
        top_k: Sample from the k most likely characters only. None: from all.
        top_p: Sample from the smallest set of characters whose probabilities
            together reach p. None: from all.
        seed: The same seed gives the same text. None: a new seed, from
            TensorFlow's random numbers.

    Returns:
        The start string and its continuation; for a list of start strings, a
        list of texts.

    Raises:
        ValueError: A start string is empty or has a character that the
            vocabulary lacks, the vocabulary is not the model's, a parameter
            is out of its range, or the model is no such stack.

    Example:
        >>> vocabulary = tg.Vocabulary.from_text("hello")
        >>> model = tg.build_model(len(vocabulary), 4, 8)
        >>> text = tg.generate_text(model, vocabulary, "he", 3, seed=1)
        >>> len(text)
        5
        >>> text == tg.generate_text(model, vocabulary, "he", 3, seed=1)
        True

    Notebook 4 writes the loop in a cell.
    """
    is_list = isinstance(start_string, list | tuple)
    start_strings = list(start_string) if is_list else [start_string]
    _check_whole_number("num_generate", num_generate)
    if seed is not None:
        _check_whole_number("seed", seed)
    if num_generate < 0 or not start_strings:
        raise ValueError(
            "Give at least one start string, and a num_generate of 0 or more."
        )
    prompts = [_encode(model, vocabulary, start) for start in start_strings]
    check_sampling_parameters(len(vocabulary), temperature, top_k, top_p)
    if seed is None:
        seed = int(tf.random.uniform((), maxval=2**31 - 1, dtype=tf.int32))
    rows, _ = generate_ids(
        model, prompts, int(num_generate), seed, temperature, top_k, top_p
    )
    texts = [vocabulary.decode(row) for row in rows]
    return texts if is_list else texts[0]


def next_char_logits(
    model: keras.Sequential, vocabulary: Vocabulary, text: str
) -> tf.Tensor:
    """Return the logits of the character that follows a text.

    Args:
        model: As in `generate_text`.
        vocabulary: The vocabulary that the model was trained with.
        text: What the model reads, one character or more.

    Returns:
        Logits, float32 (vocab,).

    Raises:
        ValueError: As in `generate_text`.

    Example:
        >>> vocabulary = tg.Vocabulary.from_text("hello")
        >>> model = tg.build_model(len(vocabulary), 4, 8)
        >>> tg.next_char_logits(model, vocabulary, "he").shape
        TensorShape([4])
    """
    prompt = _encode(model, vocabulary, text)
    _, logits = generate_ids(model, [prompt], num_generate=1)
    return logits[0]


def generate_ids(
    model: keras.Sequential,
    prompts: list[np.ndarray],
    num_generate: int,
    seed: int = 0,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> tuple[list[np.ndarray], tf.Tensor]:
    """Return each prompt with the ids added to it, and the last logits.

    Prompts and results are int32 (characters,); the logits, of the character
    that was added last, float32 (batch, vocab).
    """
    batch_size = len(prompts)
    ends = [len(prompt) + num_generate for prompt in prompts]
    # What each row must say at each step; -1 where the model decides.
    forced_ids = np.full((batch_size, max(ends) + BLOCK_SIZE), -1, np.int32)
    for row, prompt in zip(forced_ids, prompts, strict=True):
        row[: len(prompt)] = prompt
    loop = _compiled_loop(model, is_single=batch_size == 1)
    table = _input_projections(model, is_single=batch_size == 1)
    parameters = (
        tf.constant(temperature, tf.float32),
        None if top_k is None else tf.constant(top_k, tf.int32),
        None if top_p is None else tf.constant(top_p, tf.float32),
    )
    states = [
        layer.cell.get_initial_state(batch_size)
        for layer in recurrent_layers(model)
    ]
    logits = tf.zeros((batch_size, model.output_shape[-1]))
    for begin in range(1, max(ends), BLOCK_SIZE):
        end = min(begin + BLOCK_SIZE, max(ends))
        # Random numbers from outside are the same with and without XLA.
        uniform = tf.random.stateless_uniform(
            (batch_size, BLOCK_SIZE), [seed, begin]
        )
        new_ids, states, logits = loop(
            table,
            forced_ids[:, begin - 1 : begin + BLOCK_SIZE],
            tf.constant(end - begin),
            uniform,
            states,
            logits,
            *parameters,
        )
        if np.isnan(logits).any():
            raise ValueError(
                "The model's logits are not numbers (NaN): its training has "
                "failed. Train it again with a lower learning rate."
            )
        forced_ids[:, begin:end] = new_ids[:, : end - begin]
    rows = [row[:end] for row, end in zip(forced_ids, ends, strict=True)]
    return rows, logits


def _compiled_loop(
    model: keras.Sequential, is_single: bool
) -> Callable[..., Any]:
    """Return the model's compiled `_write_block`.

    It is kept with the model, and so it is freed with it. XLA compiles the
    loop of a single text; for several, its matrix products are slow.
    """
    loops = vars(model).setdefault(_LOOPS, {})
    if is_single not in loops:
        _check_layers(model)
        loops[is_single] = tf.function(
            functools.partial(_write_block, model, is_single),
            jit_compile=is_single and xla_works(),
            reduce_retracing=True,
        )
    return loops[is_single]


def _check_layers(model: keras.Sequential) -> None:
    """Raise ValueError for a model that cannot write character by character.

    Each layer without a state is tried on three characters and on one of
    them: it must give the same.
    """
    if not isinstance(model, keras.Sequential):
        raise ValueError(
            "generate_text needs a keras.Sequential, a stack of layers, but "
            f"got a {type(model).__name__}."
        )
    x = tf.constant([[0, 1, 0]]) % model.output_shape[-1]
    for layer in model.layers:
        if not isinstance(layer, keras.layers.RNN):
            if not _sees_one_character(layer, x):
                raise ValueError(
                    f"generate_text cannot use the layer {layer.name!r}: only "
                    "recurrent layers may look at more than one character."
                )
            x = layer(x, training=False)
            continue
        if not layer.return_sequences or layer.go_backwards:
            raise ValueError(
                f"generate_text cannot use the layer {layer.name!r}: it needs "
                "return_sequences=True and go_backwards=False."
            )
        shape = (1, 3, layer.output.shape[-1])
        x = tf.random.stateless_normal(shape, [1, 2])


def _sees_one_character(layer: keras.Layer, x: tf.Tensor) -> bool:
    """Tell whether a layer gives for one character of three what it should."""
    try:
        expected = np.asarray(layer(x, training=False)[:, 1], np.float32)
        result = np.asarray(layer(x[:, 1], training=False), np.float32)
    except (ValueError, TypeError, tf.errors.OpError):  # not for one character
        return False
    if np.isnan(expected).any():  # another message says what has failed
        return True
    # Numbers of 16 bits differ in the third digit.
    tolerance = 0.05 * np.abs(expected).max() + 1e-6
    return expected.shape == result.shape and np.allclose(
        expected, result, rtol=0, atol=tolerance
    )


def _write_block(
    model: keras.Sequential,
    is_single: bool,
    table: tf.Tensor,
    forced_ids: tf.Tensor,
    steps: tf.Tensor,
    uniform: tf.Tensor,
    states: list[Any],
    logits: tf.Tensor,
    temperature: tf.Tensor,
    top_k: tf.Tensor | None,
    top_p: tf.Tensor | None,
) -> tuple[tf.Tensor, list[Any], tf.Tensor]:
    """Return the ids of the next steps, (batch, steps), states, logits.

    `table` is that of `_input_projections`. `forced_ids` are (batch, steps +
    1): the first is read, each further one is the id to write, or -1 where
    one is sampled.
    """
    # Here, not in the loop: weights are converted once for all steps.
    layers = _layer_steps(model, is_single)
    layers = layers[_first_recurrent(layers) :]

    def read(x: tf.Tensor, states: list[Any]) -> tuple[tf.Tensor, list[Any]]:
        new_states: list[Any] = []
        for layer in layers:
            if not layer.is_recurrent:
                x = layer(x)
                continue
            if new_states:  # the table has the first one's projection
                x = layer.project(x)
            x, state = layer.step(x, states[len(new_states)])
            new_states.append(state)
        return tf.cast(x, tf.float32), new_states

    def step(
        t: tf.Tensor,
        ids: tf.Tensor,
        states: list[Any],
        logits: tf.Tensor,
        written: tf.TensorArray,
    ) -> tuple:
        logits, states = read(tf.gather(table, ids), states)
        filtered = apply_sampling_parameters(logits, temperature, top_k, top_p)
        sampled = sample_ids(filtered, uniform[:, t, tf.newaxis])
        forced = forced_ids[:, t + 1]
        ids = tf.where(forced < 0, sampled, forced)
        return t + 1, ids, states, logits, written.write(t, ids)

    written = tf.TensorArray(
        tf.int32, BLOCK_SIZE, element_shape=forced_ids.shape[:1]
    )
    _, _, states, logits, written = tf.while_loop(
        lambda t, *_: t < steps,
        step,
        (0, forced_ids[:, 0], states, logits, written),
    )
    return tf.transpose(written.stack()), states, logits


def _input_projections(model: keras.Sequential, is_single: bool) -> tf.Tensor:
    """Precompute the first recurrent layer's input, (vocab, features).

    Layers before it see one character at a time, so that a lookup in this
    table replaces them.
    """
    layers = _layer_steps(model, is_single)
    first = _first_recurrent(layers)
    x = tf.range(model.output_shape[-1])
    for layer in layers[:first]:
        x = layer(x)
    return layers[first].project(x) if first < len(layers) else x


class _LayerStep:
    """A layer that reads one character; a fast GRU in two parts.

    The first part of its step, the projection of the input, does not depend
    on the state. For a single text products are made in float32, even if the
    layer has another number format: the conversions would cost more than they
    save.
    """

    def __init__(self, layer: keras.Layer, is_single: bool) -> None:
        """Take a layer of a model, and convert its weights."""
        self.layer = layer
        self.is_recurrent = isinstance(layer, keras.layers.RNN)
        self.is_fast = isinstance(layer, GRU) and layer.uses_fast_loop()
        if self.is_fast:
            self.dtype = "float32" if is_single else layer.compute_dtype
            self.kernel = tf.cast(layer.cell.kernel, self.dtype)
            self.recurrent = tf.cast(layer.cell.recurrent_kernel, self.dtype)
            self.bias = tf.cast(layer.cell.bias, tf.float32)

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """Return what a layer without a state makes of its input."""
        return self.layer(x, training=False)

    def project(self, x: tf.Tensor) -> tf.Tensor:
        """Return the part of a recurrent step that needs no state."""
        if not self.is_fast:
            return x
        return self._times(x, self.kernel) + self.bias[0]

    def step(
        self, projected: tf.Tensor, states: list[tf.Tensor]
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Return the output and the new states of a recurrent layer."""
        if not self.is_fast:
            return self.layer.cell(projected, states)
        old = tf.cast(states[0], tf.float32)
        inner = self._times(old, self.recurrent) + self.bias[1]
        new = gru_gates(projected, inner, old)[0]
        new = tf.cast(new, self.layer.compute_dtype)
        return new, [new]

    def _times(self, x: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        """Multiply in the number format of this step, to float32."""
        return tf.cast(tf.matmul(tf.cast(x, self.dtype), weights), tf.float32)


def _layer_steps(model: keras.Sequential, is_single: bool) -> list[_LayerStep]:
    return [_LayerStep(layer, is_single) for layer in model.layers]


def _first_recurrent(layers: list[_LayerStep]) -> int:
    """Return the place of the first recurrent layer; their number if none."""
    flags = [layer.is_recurrent for layer in layers]
    return flags.index(True) if True in flags else len(layers)


def _check_whole_number(name: str, value: object) -> None:
    """Raise ValueError if a value is no integer of Python or NumPy."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise ValueError(f"{name} must be a whole number, but is {value!r}.")


def _encode(
    model: keras.Sequential, vocabulary: Vocabulary, start_string: Any
) -> np.ndarray:
    """Return the ids of a start string; say what is wrong with it."""
    check_vocabulary(model, len(vocabulary))
    if not isinstance(start_string, str):
        raise ValueError(
            "A start string must be a string, but is "
            f"{start_string!r}: write it in quotation marks."
        )
    if not start_string:
        raise ValueError("The start string is empty: give it a character.")
    return vocabulary.encode(start_string)
