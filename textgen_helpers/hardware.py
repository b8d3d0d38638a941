"""What this machine does well: 32-bit or 16-bit products, and XLA.

What takes long to measure is kept in a file for a day.
"""

import contextlib
import functools
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import tensorflow as tf

from .files import write_atomically

DTYPE_POLICIES = ("float32", "mixed_bfloat16")
"""As Keras names them. The mixed one has 32-bit weights, 16-bit products."""

MEASURED = "measured.json"  # the file's name
A_DAY = 24 * 60 * 60  # seconds that a measurement is used for
MAX_SECONDS = 1.5  # of `time_call`, if a call takes long
Measured = TypeVar("Measured", float, str)


def remembered(
    name: str, measure: Callable[[], Measured], folder: Path
) -> Measured:
    """Return what was measured on this machine within a day, or measure it.

    It is kept in `measured.json` in the folder, which may be deleted. Where
    nothing can be read or written, it is measured each time.
    """
    path = folder / MEASURED
    entries = _read_entries(path)
    key, now = f"{name} on {_this_machine()}", time.time()
    entry = entries.get(key)
    if entry is not None and 0 <= now - entry["time"] < A_DAY:
        return entry["value"]
    value = measure()
    with contextlib.suppress(OSError), write_atomically(path) as part:
        # Another process may have written meanwhile.
        entries = _read_entries(path) | {key: {"value": value, "time": now}}
        part.write_text(json.dumps(entries, indent=1), encoding="utf-8")
    return value


def _read_entries(path: Path) -> dict[str, Any]:
    """Return the entries of the file; none if it is missing or damaged."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            key: {"value": entry["value"], "time": float(entry["time"])}
            for key, entry in entries.items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _this_machine() -> str:
    """Return a name: a folder may be shared by several machines."""
    parts = (platform.node(), platform.machine(), os.cpu_count())
    return f"{'-'.join(map(str, parts))} with TensorFlow {tf.__version__}"


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
        Milliseconds of a call: the least of seven, or of fewer that together
        take more than 1.5 seconds.

    Example:
        >>> tg.time_call(sum, [1, 2, 3]) < 1000
        True
    """
    wait_for(function(*arguments))
    seconds: list[float] = []
    while len(seconds) < 7 and sum(seconds) < MAX_SECONDS:
        start = time.perf_counter()
        wait_for(function(*arguments))
        seconds.append(time.perf_counter() - start)
    return 1000 * min(seconds)


def wait_for(result: Any) -> None:
    """Return when all tensors in a result have been computed."""
    for value in tf.nest.flatten(result):
        if tf.is_tensor(value) and hasattr(value, "numpy"):
            value.numpy()


@functools.cache
def xla_works() -> bool:
    """Tell whether this build of TensorFlow can compile with XLA."""
    try:
        with tf.init_scope():  # run now, even where a function is recorded
            tf.function(tf.identity, jit_compile=True)(tf.constant(0.0))
    except tf.errors.OpError:
        return False
    return True
