"""The same work in other libraries, in an environment of their own.

`compare.py` imports `Peers`, which starts this file once more with the Python
of `.venv-peers`; there it does what it is told, one line for each request.
"""

import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMES = {"torch": "PyTorch's nn.GRU", "tf_keras": "tf_keras, the old Keras"}
VOCAB, EMBEDDING, UNITS, BATCH, LENGTH = 65, 256, 1024, 64, 100


class Peers:
    """The second process and what it can do; without it, nothing."""

    def __init__(self, wanted: bool) -> None:
        """Start it if `wanted`, and wait until its libraries are loaded."""
        self._process: subprocess.Popen[str] | None = None
        self.versions: list[str] = []
        if wanted:
            inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
            self._process = subprocess.Popen(
                [str(ROOT / ".venv-peers" / inside), __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            self.versions = self._ask("versions").split(", ")

    def close(self) -> None:
        """Let the process end."""
        if self._process:
            self._process.communicate()

    def ways(self, work: str) -> dict[str, Callable[[], float]]:
        """Return the ways to do some work: "train" or "write"."""
        if not self._process:
            return {}
        found: dict[str, Callable[[], float]] = {}
        for name, said in NAMES.items():
            if f"{name}_{work}" in WORK:
                found[said] = functools.partial(self._time, f"{name}_{work}")
                found[said]()  # compiles
        return found

    def _time(self, request: str) -> float:
        seconds = float(self._ask(request))
        time.sleep(0.3)  # its threads spin a while before they sleep
        return seconds

    def _ask(self, request: str) -> str:
        assert self._process and self._process.stdin and self._process.stdout
        print(request, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline().strip()
        if not answer:
            sys.exit(f"The other libraries could not do {request!r}.")
        return answer


def versions() -> str:
    """Return the libraries' names and versions."""
    import tf_keras
    import torch

    return f"torch {torch.__version__}, tf_keras {tf_keras.__version__}"


def torch_train() -> Callable[[], Any]:
    """Return one training step in PyTorch."""
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    table = torch.nn.Embedding(VOCAB, EMBEDDING)
    gru = torch.nn.GRU(EMBEDDING, UNITS, batch_first=True)
    dense = torch.nn.Linear(UNITS, VOCAB)
    layers = torch.nn.ModuleList([table, gru, dense])
    adam = torch.optim.Adam(layers.parameters(), lr=1e-3)
    ids = torch.randint(VOCAB, (BATCH, LENGTH + 1))
    state = torch.zeros(1, BATCH, UNITS)

    def step() -> None:
        nonlocal state
        states, state = gru(table(ids[:, :-1]), state.detach())
        logits = dense(states).flatten(0, 1)
        loss = torch.nn.functional.cross_entropy(logits, ids[:, 1:].flatten())
        adam.zero_grad()
        loss.backward()
        adam.step()
        loss.item()

    return step


def torch_write(count: int = 300) -> Callable[[], Any]:
    """Return PyTorch's loop over some characters."""
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    table = torch.nn.Embedding(VOCAB, EMBEDDING)
    gru = torch.nn.GRU(EMBEDDING, UNITS, batch_first=True)
    dense = torch.nn.Linear(UNITS, VOCAB)

    @torch.inference_mode()
    def write() -> None:
        idx, state = torch.tensor([[1]]), torch.zeros(1, 1, UNITS)
        for _ in range(count):
            states, state = gru(table(idx), state)
            chances = torch.softmax(dense(states[:, -1]), dim=-1)
            idx = torch.multinomial(chances, 1)
            idx.item()

    return write


def tf_keras_train() -> Callable[[], Any]:
    """Return one training step in tf_keras, the Keras of TensorFlow 2.15."""
    import tensorflow as tf
    import tf_keras

    shape = (BATCH, None)
    model = tf_keras.Sequential(
        [
            tf_keras.layers.Embedding(
                VOCAB, EMBEDDING, batch_input_shape=shape
            ),
            tf_keras.layers.GRU(UNITS, return_sequences=True, stateful=True),
            tf_keras.layers.Dense(VOCAB),
        ]
    )
    adam = tf_keras.optimizers.Adam()
    ids = tf.random.uniform((BATCH, LENGTH + 1), maxval=VOCAB, dtype=tf.int32)

    @tf.function
    def compiled() -> Any:
        with tf.GradientTape() as tape:
            losses = tf_keras.losses.sparse_categorical_crossentropy(
                ids[:, 1:], model(ids[:, :-1], training=True), from_logits=True
            )
            loss = tf.reduce_mean(losses)
        weights = model.trainable_variables
        gradients = tape.gradient(loss, weights)
        adam.apply_gradients(zip(gradients, weights, strict=True))
        return loss

    return lambda: float(compiled())


WORK = {
    "torch_train": (torch_train, 1),
    "torch_write": (torch_write, 300),
    "tf_keras_train": (tf_keras_train, 1),
}


def serve() -> None:
    """Answer each line that comes in with one line."""
    made: dict[str, Callable[[], Any]] = {}
    for request in map(str.strip, sys.stdin):
        if request == "versions":
            print(versions(), flush=True)
            continue
        make, units = WORK[request]
        work = made.get(request) or made.setdefault(request, make())
        start = time.perf_counter()
        work()
        print((time.perf_counter() - start) / units, flush=True)


if __name__ == "__main__":
    serve()
