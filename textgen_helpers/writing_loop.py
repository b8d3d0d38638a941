"""The writing loop, compiled as a whole: Python would slow each step."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .choosing import apply_knobs, draw
from .fast_gru import FastGRU, gru_gates
from .machine import xla_works
from .model import recurrent_layers

PIECE = 256  # characters: XLA wants to know a size, texts have any length


def continue_ids(
    model: keras.Sequential,
    prompts: list[np.ndarray],
    num_generate: int,
    seed: int = 0,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> tuple[list[np.ndarray], tf.Tensor]:
    """Return each prompt with the ids added to it, and the last logits.

    Prompts and results are int32 (characters,), the logits of the last step
    float32 (batch, vocab).
    """
    count, ends = len(prompts), [len(p) + num_generate for p in prompts]
    # What a row has to say at each step; -1 where the model decides.
    ids = np.full((count, max(ends) + PIECE), -1, np.int32)
    for row, prompt in zip(ids, prompts, strict=True):
        row[: len(prompt)] = prompt
    knobs = [
        tf.constant(temperature, tf.float32),
        None if top_k is None else tf.constant(top_k),
        None if top_p is None else tf.constant(top_p, tf.float32),
    ]
    write = _compiled_loop(model, count == 1)
    table = _read_alphabet(model, count == 1)
    rnns = recurrent_layers(model)
    states = [rnn.cell.get_initial_state(count) for rnn in rnns]
    logits = tf.zeros((count, model.output_shape[-1]))
    for begin in range(1, max(ends), PIECE):
        end = min(begin + PIECE, max(ends))
        said = ids[:, begin - 1 : begin + PIECE]
        # Numbers drawn out here are the same with and without XLA.
        luck = tf.random.stateless_uniform((count, PIECE), [seed, begin])
        written, states, logits = write(
            table, said, tf.constant(end - begin), luck, states, logits, *knobs
        )
        ids[:, begin:end] = written[:, : end - begin]
    return [row[:end] for row, end in zip(ids, ends, strict=True)], logits


@functools.lru_cache(maxsize=8)
def _compiled_loop(model: keras.Sequential, one: bool) -> Callable[..., Any]:
    """Compile: with XLA for one row; for more, its products are slow."""
    write = functools.partial(_write_piece, model, one)
    xla = one and xla_works()
    return tf.function(write, jit_compile=xla, reduce_retracing=True)


def _write_piece(
    model: keras.Sequential,
    one: bool,
    table: tf.Tensor,
    said: tf.Tensor,
    steps: tf.Tensor,
    luck: tf.Tensor,
    states: list[Any],
    logits: tf.Tensor,
    *knobs: tf.Tensor | None,
) -> tuple[tf.Tensor, list[Any], tf.Tensor]:
    """Return the ids (batch, PIECE) of the next steps, states, logits."""
    read = _prepare(model, one, table)

    def step(t: tf.Tensor, idx: tf.Tensor, states: Any, *rest: Any) -> tuple:
        logits, states = read(idx, states)
        drawn = draw(apply_knobs(logits, *knobs), luck[:, t, tf.newaxis])
        idx = tf.where(said[:, t + 1] < 0, drawn, said[:, t + 1])
        return t + 1, idx, states, logits, rest[1].write(t, idx)

    written = tf.TensorArray(tf.int32, PIECE, element_shape=said.shape[:1])
    start = (0, said[:, 0], states, logits, written)
    _, _, states, logits, written = tf.while_loop(
        lambda t, *_: t < steps, step, start
    )
    return tf.transpose(written.stack()), states, logits


def _read_alphabet(model: keras.Sequential, one: bool) -> tf.Tensor:
    """Return what each character sends to the first memory, (vocab, size).

    Before a memory only the character counts: it can be looked up.
    """
    x = tf.range(model.output_shape[-1])
    for layer in model.layers:
        if isinstance(layer, keras.layers.RNN):
            return _cell(layer, one)[0](x)
        x = layer(x, training=False)
    return x


def _prepare(
    model: keras.Sequential, one: bool, table: tf.Tensor
) -> Callable[[tf.Tensor, Any], tuple[tf.Tensor, Any]]:
    """Return ids (batch,), states -> logits (batch, vocab), new states."""
    rnns = recurrent_layers(model)
    first = model.layers.index(rnns[0]) if rnns else len(model.layers)
    cells = [_cell(rnn, one) for rnn in rnns]

    def read(idx: tf.Tensor, states: list[Any]) -> tuple[tf.Tensor, Any]:
        x, old, pairs = tf.gather(table, idx), iter(states), iter(cells)
        new: list[Any] = []
        for layer in model.layers[first:]:
            if layer in rnns:
                project, step = next(pairs)
                x, state = step(project(x) if new else x, next(old))
                new.append(state)
            else:
                x = layer(x, training=False)
        return tf.cast(x, tf.float32), new

    return read


def _cell(rnn: keras.layers.RNN, one: bool) -> tuple[Callable, Callable]:
    """Return what a layer does before its step, and the step itself."""
    dtype = "float32" if one else rnn.compute_dtype
    if not isinstance(rnn, FastGRU) or not rnn.is_covered():
        return tf.identity, rnn.cell
    kernel = tf.cast(rnn.cell.kernel, dtype)  # once, not at each character
    recurrent = tf.cast(rnn.cell.recurrent_kernel, dtype)
    bias = tf.cast(rnn.cell.bias, tf.float32)

    def times(x: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.matmul(tf.cast(x, dtype), weights), tf.float32)

    def step(x: tf.Tensor, states: list[tf.Tensor]) -> tuple[tf.Tensor, Any]:
        old = tf.cast(states[0], tf.float32)
        inner = times(old, recurrent) + bias[1]
        new = tf.cast(gru_gates(x, inner, old)[0], rnn.compute_dtype)
        return new, [new]

    return lambda x: times(x, kernel) + bias[0], step
