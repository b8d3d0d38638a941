"""A GRU with the results of Keras's, in less time on a processor.

A training step has six matrix products for a GRU. Keras's layer makes all of
them at each time step, but only two must wait for the step before: the state
times the recurrent weights, and on the way back the gradient times their
transpose. The others need no loop. All inputs are projected in one product
before it; the gradients of both weights, which are sums over all steps, and
that of the inputs are one product each after it. And Keras reads the recurrent
weights column by column at each step back, which takes longer than the
multiplication itself: here they are transposed once.

In training, XLA compiles what is left in the two loops, once for all models of
the same sizes: a compilation takes a second, a training many. It joins the
small operations around each product, which for a small model take as long as
the product. And two cores then take half of the batch each.
"""

import os
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from tensorflow import Tensor

from ..hardware import xla_works


@keras.saving.register_keras_serializable("textgen_helpers", "FastGRU")
class GRU(keras.layers.GRU):
    """A drop-in replacement for `keras.layers.GRU`, faster on a processor.

    Arguments, weights and results are those of Keras's layer, and so is the
    class's name, by which Keras names the parts of a file; the package
    exports it as `FastGRU`.

    The fast loop needs all of these; otherwise Keras's own loop runs:

    1. no GPU;
    2. `reset_after=True`, `use_bias=True`, `activation="tanh"` and
       `recurrent_activation="sigmoid"` (Keras's defaults);
    3. no `dropout` or `recurrent_dropout` within the layer, no mask;
    4. no `unroll`, no `go_backwards`, and `use_cudnn` not True.

    A second derivative through the fast loop raises LookupError. The class
    overrides `inner_loop`, a method of Keras that is not public.

    Example:
        >>> layer = tg.FastGRU(4, return_sequences=True)
        >>> layer(np.zeros((2, 3, 5), "float32")).shape
        TensorShape([2, 3, 4])

    Notebook 6 explains why it is faster.
    """

    def inner_loop(
        self,
        sequences: Tensor,
        initial_state: Any,
        mask: Tensor | None,
        training: bool = False,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Return the last output, the outputs over time, the new states.

        `sequences` is (batch, time, features). Keras calls this method after
        it has checked the input.
        """
        if mask is not None or not self.uses_fast_loop():
            return super().inner_loop(sequences, initial_state, mask, training)
        # `fit` would compile the whole step, for each model again. With loops
        # that are compiled, that makes no step faster.
        self.supports_jit = False
        dtype = sequences.dtype
        kernel = tf.cast(self.cell.kernel, dtype)
        recurrent = tf.cast(self.cell.recurrent_kernel, dtype)
        bias = tf.cast(self.cell.bias, dtype)
        by_time = tf.transpose(sequences, [1, 0, 2])
        projected = tf.tensordot(by_time, kernel, axes=1) + bias[0]
        state = tf.cast(tf.nest.flatten(initial_state)[0], dtype)
        if projected.shape[0] == 1:  # as in a writing loop: no step waits
            inner = tf.matmul(state, recurrent) + bias[1]
            states = gru_gates(projected[0], inner, state)[0][None]
        else:
            loop = gru_loop
            if training and dtype == tf.float32 and compiling_pays():
                halving = halving_pays(state.shape[0], self.units)
                loop = halved_gru_loop if halving else compiled_gru_loop
            states = loop(projected, state, recurrent, bias[1])
        outputs = tf.transpose(states, [1, 0, 2])
        outputs.set_shape([*sequences.shape[:2], self.units])
        last = states[-1]
        sequence = outputs if self.return_sequences else last[:, None]
        return last, sequence, [last]

    def uses_fast_loop(self) -> bool:
        """Tell whether the fast loop computes what this layer does."""
        return (
            self.reset_after
            and self.use_bias
            and self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
            and not (self.dropout or self.recurrent_dropout or self.unroll)
            and not (self.go_backwards or self.use_cudnn is True)
            and not tf.config.list_physical_devices("GPU")
        )


FastGRU = GRU
Loop = Callable[..., Any]

SMALL_PRODUCT = 4e7  # operations: of state times recurrent weights, measured


def compiling_pays() -> bool:
    """Tell whether a loop that is called now will be called many times.

    What Python calls directly, it calls once or twice.
    """
    return tf.inside_function() and xla_works()


def halving_pays(batch_size: int | None, units: int) -> bool:
    """Tell whether two loops side by side take less time than one.

    Two cores share a large product well, and a small one badly: then each
    takes half of the batch.
    """
    if batch_size is None or batch_size % 2 or (os.cpu_count() or 1) < 2:
        return False
    return 6 * batch_size * units**2 < SMALL_PRODUCT


def _differentiable(forward: Loop, backward: Loop) -> Loop:
    """Return a loop over time that has gradients.

    It takes `projected`, (time, batch, 3 units), the first `state`, (batch,
    units), `recurrent`, (units, 3 units), and `bias`, (3 units): update gate,
    reset gate, candidate (Cho et al., 2014, reset after the product as in
    cuDNN). It returns the state after each step, (time, batch, units).
    """

    @tf.custom_gradient
    def loop(
        projected: Tensor, state: Tensor, recurrent: Tensor, bias: Tensor
    ) -> tuple[Tensor, Callable[..., Any]]:
        states, *gates = forward(
            # TensorFlow need not prepare gradients of its own.
            tf.stop_gradient(projected),
            tf.stop_gradient(state),
            tf.stop_gradient(recurrent),
            tf.stop_gradient(bias),
        )
        previous = tf.concat([state[None], states[:-1]], axis=0)

        def gradients(d_states: Tensor) -> list[Tensor]:
            results = backward(d_states, previous, gates, recurrent)
            message = "FastGRU has no second derivative: use keras.layers.GRU."
            return [
                tf.raw_ops.PreventGradient(input=gradient, message=message)
                for gradient in results
            ]

        return states, gradients

    return loop


def _forward_loop(
    projected: Tensor, state: Tensor, recurrent: Tensor, bias: Tensor
) -> list[Tensor]:
    """Return the results of `gru_gates` for all steps: (time, batch, units)."""
    steps = tf.shape(projected)[0]
    arrays = [tf.TensorArray(state.dtype, steps) for _ in range(5)]

    def step(t: Tensor, old: Tensor, arrays: list[Any]) -> tuple:
        inner = tf.matmul(old, recurrent) + bias
        results = gru_gates(projected[t], inner, old)
        arrays = [
            array.write(t, result)
            for array, result in zip(arrays, results, strict=True)
        ]
        return t + 1, results[0], arrays

    *_, arrays = tf.while_loop(
        lambda t, *_: t < steps, step, (0, state, arrays)
    )
    return [array.stack() for array in arrays]


def gru_gates(projected: Tensor, inner: Tensor, old: Tensor) -> list[Tensor]:
    """Return the new state h, the gates z and r, c and u, (batch, units) each.

    `projected` and `inner`, (batch, 3 units), are what the input and the `old`
    state give to the gates; u is what the candidate c gets of the latter.
    """
    sizes = [2 * old.shape[-1], old.shape[-1]]
    x_gates, x = tf.split(projected, sizes, axis=-1)
    u_gates, u = tf.split(inner, sizes, axis=-1)
    z, r = tf.split(tf.sigmoid(x_gates + u_gates), 2, axis=-1)
    c = tf.tanh(x + r * u)
    return [c + z * (old - c), z, r, c, u]


def _backward_loop(
    d_states: Tensor, previous: Tensor, gates: list[Tensor], recurrent: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return d projected, d state, d recurrent, d bias by the chain rule.

    `d_x` is the gradient of the loss by x. `gates` are z, r, c and u of all
    steps, `previous` the states before them, (time, batch, units) each.
    """
    z, r, c, u = gates
    transposed = tf.transpose(recurrent)
    steps = tf.shape(z)[0]
    arrays = [tf.TensorArray(z.dtype, steps) for _ in range(2)]

    def step(t: Tensor, d_h: Tensor, arrays: list[Any]) -> tuple:
        d_h += d_states[t]
        # Gradients of what is inside the sigmoids and the tanh.
        d_z = d_h * (previous[t] - c[t]) * z[t] * (1 - z[t])
        d_c = d_h * (1 - z[t]) * (1 - c[t] * c[t])
        d_r = d_c * u[t] * r[t] * (1 - r[t])
        d_projected = tf.concat([d_z, d_r, d_c], axis=-1)
        d_inner = tf.concat([d_z, d_r, d_c * r[t]], axis=-1)
        d_old = d_h * z[t] + tf.matmul(d_inner, transposed)
        arrays = [
            arrays[0].write(t, d_projected),
            arrays[1].write(t, d_inner),
        ]
        return t - 1, d_old, arrays

    start = (steps - 1, tf.zeros_like(z[0]), arrays)
    _, d_state, arrays = tf.while_loop(lambda t, *_: t >= 0, step, start)
    d_projected, d_inner = arrays[0].stack(), arrays[1].stack()
    d_recurrent = tf.einsum("tbi,tbj->ij", previous, d_inner)
    d_bias = tf.reduce_sum(d_inner, [0, 1])
    return d_projected, d_state, d_recurrent, d_bias


gru_loop = _differentiable(_forward_loop, _backward_loop)
compiled_forward = tf.function(_forward_loop, jit_compile=True)
compiled_backward = tf.function(_backward_loop, jit_compile=True)
compiled_gru_loop = _differentiable(compiled_forward, compiled_backward)


def halved_gru_loop(
    projected: Tensor, state: Tensor, recurrent: Tensor, bias: Tensor
) -> Tensor:
    """Return the states as `compiled_gru_loop`, the batch in two halves."""
    projections = tf.split(projected, 2, axis=1)
    states = tf.split(state, 2)
    halves = [
        compiled_gru_loop(projections[i], states[i], recurrent, bias)
        for i in range(2)
    ]
    return tf.concat(halves, axis=1)
