"""What this machine does well: numbers of 32 or of 16 bits, and XLA."""

import functools
import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf

FORMATS = ("float32", "mixed_bfloat16")
"""As Keras names them. In the mixed one weights have 32 bits, products 16."""


@functools.cache
def fastest_format() -> str:
    """Return the format in which this processor multiplies faster.

    Measured once, in about a tenth of a second. A bfloat16 keeps the range of a
    float32 and 8 of its 24 bits of precision; few processors have circuits
    for it, the others are slower with it. On a GPU the answer is float32.
    """
    if tf.config.list_physical_devices("GPU"):
        return FORMATS[0]
    # In turn, so that another program slows both.
    names = ("float32", "bfloat16")
    tries = [[product_seconds(name) for name in names] for _ in range(3)]
    long, short = map(min, zip(*tries, strict=True))
    return FORMATS[short < 0.8 * long]


def product_seconds(dtype: str) -> float:
    """Return the seconds of one product of the lesson's sizes, at best.

    It is the one of a GRU step: 64 states with 1,024 numbers each, times
    (1024, 3072) weights, as `dtype`.
    """
    left = tf.cast(tf.random.stateless_normal((64, 1024), [1, 2]), dtype)
    right = tf.cast(tf.random.stateless_normal((1024, 3072), [3, 4]), dtype)
    return milliseconds(tf.matmul, left, right) / 1e3


def milliseconds(work: Callable[..., Any], *arguments: Any) -> float:
    """Return how long a call takes: the least of seven, after a first."""
    times = []
    for _ in range(8):
        start = time.perf_counter()
        work(*arguments)
        times.append(time.perf_counter() - start)
    return 1e3 * min(times[1:])


@functools.cache
def xla_works() -> bool:
    """Say whether this TensorFlow can compile with XLA: not each one can."""
    try:
        tf.function(tf.identity, jit_compile=True)(tf.constant(0.0))
    except tf.errors.OpError:
        return False
    return True
