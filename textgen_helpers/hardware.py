"""What this machine does well: 32-bit or 16-bit products, and XLA."""

import functools
import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf

DTYPE_POLICIES = ("float32", "mixed_bfloat16")
"""As Keras names them. The mixed one has 32-bit weights, 16-bit products."""


@functools.cache
def preferred_dtype_policy() -> str:
    """Return the Keras dtype policy in which this processor trains faster.

    It is measured once in a process, in less than a second. A bfloat16 has
    the range of a float32 and 8 of its 24 bits of precision. Few
    processors have circuits for it; the others are slower with it. On a GPU
    the answer is float32.
    """
    if tf.config.list_physical_devices("GPU"):
        return "float32"
    # The best of five, since another program may disturb a comparison, and a
    # wrong choice makes a whole session up to six times slower.
    wins = {"float32": 0, "mixed_bfloat16": 0}
    while max(wins.values()) < 3:
        float32_ms = time_matmul("float32")
        is_faster = time_matmul("bfloat16") < 0.8 * float32_ms
        wins["mixed_bfloat16" if is_faster else "float32"] += 1
    return max(wins, key=wins.__getitem__)


def time_matmul(dtype: str) -> float:
    """Time the matrix product of one step of the lesson's GRU.

    It is (64, 1024) times (1024, 3072): 64 states times recurrent weights.

    Args:
        dtype: Number format of both matrices, as "float32" or "bfloat16".

    Returns:
        Milliseconds, the least of several calls.

    Example:
        >>> tg.time_matmul("float32") > 0
        True
    """
    left = tf.cast(tf.random.stateless_normal((64, 1024), [1, 2]), dtype)
    right = tf.cast(tf.random.stateless_normal((1024, 3072), [3, 4]), dtype)
    return time_call(tf.matmul, left, right)


def time_call(function: Callable[..., Any], *arguments: Any) -> float:
    """Time a function, until its result is there.

    A first call, which may compile, does not count. On a GPU a call returns
    before its result is computed, so the result is waited for.

    Args:
        function: What to call.
        *arguments: What to call it with.

    Returns:
        Milliseconds of a call, the least of seven.

    Example:
        >>> tg.time_call(sum, [1, 2, 3]) < 1000
        True
    """
    seconds = []
    for _ in range(8):
        start = time.perf_counter()
        wait_for(function(*arguments))
        seconds.append(time.perf_counter() - start)
    return 1000 * min(seconds[1:])


def wait_for(result: Any) -> None:
    """Return when all tensors in a result have been computed."""
    for value in tf.nest.flatten(result):
        if tf.is_tensor(value) and hasattr(value, "numpy"):
            value.numpy()


@functools.cache
def xla_works() -> bool:
    """Tell whether this build of TensorFlow can compile with XLA."""
    try:
        tf.function(tf.identity, jit_compile=True)(tf.constant(0.0))
    except tf.errors.OpError:
        return False
    return True
