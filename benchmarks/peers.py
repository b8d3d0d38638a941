"""The same work in other libraries, in an environment of their own.

`compare` uses `Peers`, which starts this file as a program with the Python of
`.venv-peers`. There it answers requests, one line each; its argument is the
sizes of the models, in JSON.
"""

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAMES = {"torch": "PyTorch's nn.GRU", "tf_keras": "tf_keras, the old Keras"}
CHARACTERS = 300  # that PyTorch writes in one measurement

Sizes = Mapping[str, Any]  # the numbers of a model and its training


class Peers:
    """The second process and what it can do; without it, nothing."""

    def __init__(self, sizes: Mapping[str, Sizes] | None) -> None:
        """Start it, and wait until its libraries are loaded.

        `sizes` are those of each model, by name; with None, nothing is
        started.
        """
        self._process: subprocess.Popen[str] | None = None
        self.versions: list[str] = []
        if sizes:
            python = peers_python()
            if not python.exists():
                sys.exit(
                    f"There is no {python}: run `python tasks.py bench "
                    "--peers`, which makes it."
                )
            self._process = subprocess.Popen(
                [str(python), __file__, json.dumps(dict(sizes))],
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
        """Return the ways to do some work: "train", "quick" or "write"."""
        if not self._process:
            return {}
        ways: dict[str, Callable[[], float]] = {}
        for name, label in NAMES.items():
            request = f"{name}_{work}"
            if request in WORK:
                ways[label] = functools.partial(self._time, request)
                ways[label]()  # compiles
        return ways

    def _time(self, request: str) -> float:
        seconds = float(self._ask(request))
        time.sleep(0.3)  # its threads spin a while before they sleep
        return seconds

    def _ask(self, request: str) -> str:
        assert self._process and self._process.stdin and self._process.stdout
        print(request, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline().strip()
        if not answer:
            self.close()
            sys.exit(f"The other libraries could not do {request!r}.")
        return answer


def peers_python() -> Path:
    """Return the Python of the environment that has the other libraries."""
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return ROOT / ".venv-peers" / inside


def versions() -> str:
    """Return the libraries' names and versions."""
    import tf_keras
    import torch

    return f"torch {torch.__version__}, tf_keras {tf_keras.__version__}"


def torch_layers(sizes: Sizes) -> Any:
    """Return an embedding, a GRU and a dense layer of PyTorch."""
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    vocab_size, units = sizes["vocab_size"], sizes["rnn_units"]
    table = torch.nn.Embedding(vocab_size, sizes["embedding_dim"])
    gru = torch.nn.GRU(sizes["embedding_dim"], units, batch_first=True)
    return torch.nn.ModuleList([table, gru, torch.nn.Linear(units, vocab_size)])


def torch_train(sizes: Sizes) -> Callable[[], Any]:
    """Return one training step in PyTorch, that of the lesson."""
    import torch

    layers = torch_layers(sizes)
    adam = torch.optim.Adam(layers.parameters(), lr=1e-3)
    return torch_step(layers, adam, sizes, is_recipe=False)


def torch_quick(sizes: Sizes) -> Callable[[], Any]:
    """Return one training step in PyTorch, that of the quick recipe."""
    import torch

    layers = torch_layers(sizes)
    adamw = torch.optim.AdamW(
        layers.parameters(),
        lr=sizes["learning_rate"],
        betas=(0.9, 0.99),
        weight_decay=sizes["weight_decay"],
    )
    return torch_step(layers, adamw, sizes, is_recipe=True)


def torch_step(
    layers: Any, optimizer: Any, sizes: Sizes, *, is_recipe: bool
) -> Callable[[], Any]:
    """Return one training step; a recipe's has dropout and clips."""
    import torch

    table, gru, dense = layers
    vocab_size, units = sizes["vocab_size"], sizes["rnn_units"]
    batch_size, length = sizes["batch_size"], sizes["seq_length"]
    ids = torch.randint(vocab_size, (batch_size, length + 1))
    state = torch.zeros(1, batch_size, units)

    def drop(values: Any, fraction: float) -> Any:
        if not is_recipe:
            return values
        mask = torch.ones(batch_size, 1, values.shape[-1])  # for all times
        return values * torch.nn.functional.dropout(mask, fraction)

    def step() -> None:
        nonlocal state
        read = drop(table(ids[:, :-1]), sizes["dropout"] / 4)
        states, state = gru(read, state.detach())
        logits = dense(drop(states, sizes["dropout"])).flatten(0, 1)
        loss = torch.nn.functional.cross_entropy(logits, ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        if is_recipe:
            torch.nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
        optimizer.step()
        loss.item()

    return step


def torch_write(sizes: Sizes) -> Callable[[], Any]:
    """Return PyTorch's loop over some characters."""
    import torch

    table, gru, dense = torch_layers(sizes)

    @torch.inference_mode()
    def write() -> None:
        idx = torch.tensor([[1]])
        state = torch.zeros(1, 1, sizes["rnn_units"])
        for _ in range(CHARACTERS):
            states, state = gru(table(idx), state)
            probabilities = torch.softmax(dense(states[:, -1]), dim=-1)
            idx = torch.multinomial(probabilities, 1)
            idx.item()

    return write


def tf_keras_train(sizes: Sizes) -> Callable[[], Any]:
    """Return one training step in tf_keras, the Keras of TensorFlow 2.15."""
    import tensorflow as tf
    import tf_keras

    vocab_size, batch_size = sizes["vocab_size"], sizes["batch_size"]
    model = tf_keras.Sequential(
        [
            tf_keras.layers.Embedding(
                vocab_size,
                sizes["embedding_dim"],
                batch_input_shape=(batch_size, None),
            ),
            tf_keras.layers.GRU(
                sizes["rnn_units"], return_sequences=True, stateful=True
            ),
            tf_keras.layers.Dense(vocab_size),
        ]
    )
    adam = tf_keras.optimizers.Adam()
    ids = tf.random.uniform(
        (batch_size, sizes["seq_length"] + 1),
        maxval=vocab_size,
        dtype=tf.int32,
    )

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


WORK = {  # what prepares it, for which sizes, and how many units it does
    "torch_train": (torch_train, "lesson", 1),
    "torch_quick": (torch_quick, "quick", 1),
    "torch_write": (torch_write, "lesson", CHARACTERS),
    "tf_keras_train": (tf_keras_train, "lesson", 1),
}


def serve(sizes: Mapping[str, Sizes]) -> None:
    """Answer each line that comes in with one line."""
    prepared: dict[str, Callable[[], Any]] = {}
    for request in map(str.strip, sys.stdin):
        if request == "versions":
            print(versions(), flush=True)
            continue
        make, which, units = WORK[request]
        if request not in prepared:
            prepared[request] = make(sizes[which])
        start = time.perf_counter()
        prepared[request]()
        print((time.perf_counter() - start) / units, flush=True)


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
