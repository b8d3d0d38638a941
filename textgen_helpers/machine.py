"""What this machine does well: numbers of 32 or of 16 bits, and XLA."""

import functools
import time

import tensorflow as tf

FORMATS = ("float32", "mixed_bfloat16")
"""As Keras names them. In the mixed one weights have 32 bits, products 16."""


@functools.cache
def fastest_format() -> str:
    """Return the format in which this processor multiplies faster.

    Measured once, in some 50 milliseconds. A bfloat16 keeps the range of a
    float32 and 8 of its 24 bits of precision; few processors have circuits
    for it, the others are slower with it. On a GPU the answer is float32.
    """
    if tf.config.list_physical_devices("GPU"):
        return FORMATS[0]
    faster = product_seconds("bfloat16") < 0.8 * product_seconds("float32")
    return FORMATS[faster]


def product_seconds(dtype: str, repeat: int = 5) -> float:
    """Return the seconds of one product of the lesson's sizes, at best.

    It is the one of a GRU step: 64 states with 1,024 numbers each, times
    (1024, 3072) weights, as `dtype`. The first of them also warms up.
    """
    left = tf.cast(tf.random.stateless_normal((64, 1024), [1, 2]), dtype)
    right = tf.cast(tf.random.stateless_normal((1024, 3072), [3, 4]), dtype)
    seconds = []
    for _ in range(repeat + 1):
        start = time.perf_counter()
        tf.matmul(left, right).numpy()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


@functools.cache
def xla_works() -> bool:
    """Say whether this TensorFlow can compile with XLA: not each one can."""
    try:
        tf.function(tf.identity, jit_compile=True)(tf.constant(0.0))
    except tf.errors.OpError:
        return False
    return True
