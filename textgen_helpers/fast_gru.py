"""A GRU with the results of Keras's, in less time on a processor.

Keras makes five products at each time step. Two must wait for the step before.
The others need no loop: all inputs are projected in one product before it,
and the gradients of both weights, sums over all steps, are one product each
after it. And Keras reads the recurrent weights across at each step back,
which takes longer than multiplying: here they are transposed once.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from tensorflow import Tensor


@keras.saving.register_keras_serializable("textgen_helpers", "FastGRU")
class FastGRU(keras.layers.GRU):
    """A drop-in `keras.layers.GRU`: same arguments, weights and outputs.

    On a GPU, and for what the fast loop does not cover (masks, dropout within
    the layer, `reset_after=False`, no bias, other activations, `unroll`,
    `go_backwards`, `use_cudnn=True`), Keras's own loop runs. A second
    derivative through the fast loop raises LookupError.
    """

    def inner_loop(
        self,
        sequences: Tensor,
        initial_state: Any,
        mask: Tensor | None,
        training: bool = False,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Return the last output, the outputs over time, the new states."""
        if mask is not None or not self.is_covered():
            return super().inner_loop(sequences, initial_state, mask, training)
        cell, dtype = self.cell, sequences.dtype
        if dtype == tf.bfloat16:
            self.supports_jit = False  # XLA would be three times slower
        kernel, recurrent, bias = (
            tf.cast(w, dtype)
            for w in (cell.kernel, cell.recurrent_kernel, cell.bias)
        )
        by_time = tf.transpose(sequences, [1, 0, 2])
        projected = tf.tensordot(by_time, kernel, axes=1) + bias[0]
        state = tf.cast(tf.nest.flatten(initial_state)[0], dtype)
        states = gru_loop(projected, state, recurrent, bias[1])
        outputs = tf.transpose(states, [1, 0, 2])
        outputs.set_shape([*sequences.shape[:2], self.units])
        last = states[-1]
        return last, outputs if self.return_sequences else last[:, None], [last]

    def is_covered(self) -> bool:
        """Say whether the fast loop computes what this layer does."""
        return (
            self.reset_after
            and self.use_bias
            and self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
            and not (self.dropout or self.recurrent_dropout or self.unroll)
            and not (self.go_backwards or self.use_cudnn is True)
            and not tf.config.list_physical_devices("GPU")
        )


FastGRU.__name__ = "GRU"  # Keras names a file's parts after the class


@tf.custom_gradient
def gru_loop(
    projected: Tensor, state: Tensor, recurrent: Tensor, bias: Tensor
) -> tuple[Tensor, Callable[..., Any]]:
    """Return the state after each step, (time, batch, units), and gradients.

    `projected` is (time, batch, 3 units), the first `state` (batch, units),
    `recurrent` (units, 3 units), `bias` (3 units): update gate, reset gate,
    candidate (Cho et al., 2014, reset after the product as in cuDNN).
    """
    states, *kept = _forwards(projected, state, recurrent, bias)
    before = tf.concat([state[None], states[:-1]], axis=0)

    def gradients(d_states: Tensor) -> list[Tensor]:
        message = "FastGRU has no second derivative: use keras.layers.GRU."
        found = _backwards(d_states, before, kept, recurrent)
        once = tf.raw_ops.PreventGradient
        return [once(input=gradient, message=message) for gradient in found]

    return states, gradients


def _forwards(
    projected: Tensor, state: Tensor, recurrent: Tensor, bias: Tensor
) -> list[Tensor]:
    """Return what `gru_gates` does, for all steps: (time, batch, units)."""
    steps = tf.shape(projected)[0]
    arrays = [tf.TensorArray(state.dtype, steps) for _ in range(5)]

    def step(t: Tensor, old: Tensor, arrays: list[Any]) -> tuple:
        inner = tf.matmul(old, recurrent) + bias
        found = gru_gates(projected[t], inner, old)
        kept = zip(arrays, found, strict=True)
        return t + 1, found[0], [array.write(t, x) for array, x in kept]

    *_, arrays = tf.while_loop(
        lambda t, *_: t < steps, step, (0, state, arrays)
    )
    return [array.stack() for array in arrays]


def gru_gates(projected: Tensor, inner: Tensor, old: Tensor) -> list[Tensor]:
    """Return the new state h, the gates z and r, c and u, (batch, units) each.

    `projected` and `inner` (batch, 3 units) are what the input and the `old`
    state give to the gates; u is what the candidate c gets of the latter.
    """
    sizes = [2 * old.shape[-1], old.shape[-1]]
    x_gates, x = tf.split(projected, sizes, axis=-1)
    u_gates, u = tf.split(inner, sizes, axis=-1)
    z, r = tf.split(tf.sigmoid(x_gates + u_gates), 2, axis=-1)
    c = tf.tanh(x + r * u)
    return [c + z * (old - c), z, r, c, u]


def _backwards(
    d_states: Tensor, before: Tensor, kept: list[Tensor], recurrent: Tensor
) -> tuple[Tensor, ...]:
    """Return d projected, d state, d recurrent, d bias by the chain rule."""
    z, r, c, u = kept
    transposed = tf.transpose(recurrent)
    steps = tf.shape(z)[0]
    arrays = [tf.TensorArray(z.dtype, steps) for _ in range(2)]

    def step(t: Tensor, d_h: Tensor, arrays: list[Any]) -> tuple:
        d_h += d_states[t]
        # Of what is inside the sigmoids and the tanh.
        d_z = d_h * (before[t] - c[t]) * z[t] * (1 - z[t])
        d_c = d_h * (1 - z[t]) * (1 - c[t] * c[t])
        d_r = d_c * u[t] * r[t] * (1 - r[t])
        d_projected = tf.concat([d_z, d_r, d_c], axis=-1)
        d_inner = tf.concat([d_z, d_r, d_c * r[t]], axis=-1)
        d_old = d_h * z[t] + tf.matmul(d_inner, transposed)
        found = zip(arrays, (d_projected, d_inner), strict=True)
        return t - 1, d_old, [array.write(t, x) for array, x in found]

    start = (steps - 1, tf.zeros_like(z[0]), arrays)
    _, d_state, arrays = tf.while_loop(lambda t, *_: t >= 0, step, start)
    d_projected, d_inner = (array.stack() for array in arrays)
    d_recurrent = tf.einsum("tbi,tbj->ij", before, d_inner)
    return d_projected, d_state, d_recurrent, tf.reduce_sum(d_inner, [0, 1])
