"""The training loop of notebook 5 on several devices, or several machines.

A *replica* is one copy of the model, on one device. The text is cut into the
rows of the global batch, as `stream_batches` does on one device, and each
replica reads a block of them and carries the state of these rows alone. After
each step the gradients of all replicas are added, and each of them changes its
copy of the weights in the same way: so all copies stay equal, and equal to
what one device would have trained with all rows.

It is a loop of our own because `fit` fails under
`MultiWorkerMirroredStrategy` in Keras 3 (keras issue 20585).
"""

import contextlib
import hashlib
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..model.build import reset_states
from ..model.checkpoints import (
    checkpoint_path,
    describe_training,
    epoch_of,
    load_checkpoint,
    random_states,
    save_checkpoint,
)
from ..settings import Settings
from ..text.batches import stream_batches
from ..text.disk import EncodedText
from ..text.vocabulary import Vocabulary
from .duration import describe_duration
from .fit import check_loss, loss
from .loop import TrainStep
from .recipes import compiled_model, interrupted_training

WAIT_SECONDS = 300
"""How long a worker waits for the others before it gives up."""

_SILENT_SECONDS = 10.0  # after which a worker says for whom it waits
_POLL_SECONDS = 0.2
_REFRESH = 2.0  # seconds between two states of the moving line

Ids = np.ndarray | EncodedText


def train_distributed(
    strategy: tf.distribute.Strategy,
    recipe: Settings,
    vocabulary: Vocabulary,
    train_ids: Ids,
    validation_ids: Ids,
) -> Path:
    """Train by a recipe on all replicas, or go on where it was interrupted.

    The weights are those of `train_recipe` with the same recipe, whatever the
    number of replicas, up to the rounding of sums; with dropout, each replica
    leaves out other numbers. The first worker saves each epoch in
    `recipe.checkpoint_dir`, which all workers must be able to read. Another
    number of replicas can go on.

    Args:
        strategy: `tf.distribute.get_strategy()` for one device,
            `MirroredStrategy()` for all devices of one machine, or
            `worker_strategy()` for several machines.
        recipe: Sizes and rates, the number format and the folder. Its
            `batch_size` is the global batch: the rows of all replicas.
        vocabulary: The vocabulary of both texts.
        train_ids: Text to train on, int32 (characters,), or a text on disk.
        validation_ids: Text to measure on after each epoch.

    Returns:
        The checkpoint of the last epoch. Other workers than the first may
        return before it is there.

    Raises:
        ValueError: The rows cannot be shared by the replicas, a text is too
            short, the loss is no number any more, or the workers do not
            train the same.
        ConnectionError: Another worker has ended, or cannot be reached.
        OSError: A checkpoint cannot be saved.

    Example:
        `strategy = tf.distribute.MirroredStrategy()`

        `tg.train_distributed(strategy, recipe, vocabulary, ids, other_ids)`

    Notebook 7 writes its step in a cell.
    """
    training = describe_training(recipe, train_ids)
    last, history = interrupted_training(recipe, vocabulary, training)
    done = epoch_of(last) if last else 0
    with lost_workers(done):
        check_agreement(strategy, {"training": training, "epochs done": done})
        if last and done == recipe.epochs:
            return last
        batches = worker_batches(strategy, train_ids, recipe)
        validation = worker_batches(strategy, validation_ids, recipe)
        rows = recipe.batch_size // strategy.num_replicas_in_sync
        with strategy.scope():
            model = compiled_model(
                replace(recipe, batch_size=rows), len(vocabulary), len(batches)
            )
        if last:
            load_checkpoint(model, vocabulary, last)
        seed_replicas(strategy, model)
        train_step = make_distributed_step(strategy, model, model.optimizer)
        measure = _make_measurement(strategy, model)
    for epoch in range(done + 1, recipe.epochs + 1):
        name = f"Epoch {epoch}/{recipe.epochs}"
        start = time.perf_counter()
        with lost_workers(epoch - 1):
            mean_loss = run_epoch(strategy, model, train_step, batches, name)
            check_loss(mean_loss)
            seconds = time.perf_counter() - start
            val_loss = run_epoch(strategy, model, measure, validation)
        numbers = {"loss": mean_loss, "val_loss": val_loss, "seconds": seconds}
        for key, number in numbers.items():
            history.setdefault(key, []).append(number)
        if is_chief(strategy):
            line = f"loss {mean_loss:.4f}, validation {val_loss:.4f} nats"
            print(f"{name}: {line}, {seconds:.1f} s", flush=True)
            save_checkpoint(
                model,
                epoch,
                recipe.checkpoint_dir,
                vocabulary,
                recipe,
                train_ids=train_ids,
                history=history,
            )
    return checkpoint_path(recipe.checkpoint_dir, recipe.epochs)


def make_distributed_step(
    strategy: tf.distribute.Strategy,
    model: keras.Sequential,
    optimizer: keras.optimizers.Optimizer,
) -> TrainStep:
    """Compile one step of training for all replicas.

    Args:
        strategy: The strategy in whose scope the next two were made.
        model: A model of `build_model` for the rows of one replica.
        optimizer: What changes the weights.

    Returns:
        A function of inputs and targets, ids (rows of a worker, time). It
        changes the weights once, and returns the mean loss before that over
        the rows of all workers, a float in nats.

    Example:
        >>> strategy = tf.distribute.get_strategy()
        >>> model = tg.build_model(65, 4, 8, batch_size=2)
        >>> optimizer = keras.optimizers.Adam()
        >>> step = tg.make_distributed_step(strategy, model, optimizer)
        >>> ids = np.zeros((2, 3), "int32")
        >>> step(ids, ids).shape
        TensorShape([])

    Notebook 7 writes it in a cell.
    """
    with strategy.scope():
        optimizer.build(model.trainable_variables)
    replicas = strategy.num_replicas_in_sync

    def replica_step(inputs: tf.Tensor, targets: tf.Tensor) -> Any:
        inputs, targets = _own_rows(model, inputs), _own_rows(model, targets)
        with tf.GradientTape() as tape:
            logits = model(inputs, training=True)
            # Gradients are added, so each is divided by the global batch.
            part = tf.reduce_mean(loss(targets, logits)) / replicas
        return _pack(part, tape.gradient(part, model.trainable_variables))

    @tf.function
    def train_step(inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        parts = strategy.run(replica_step, (inputs, targets))
        sums = tf.nest.map_structure(
            lambda part: strategy.reduce("SUM", part, axis=None), parts
        )
        mean_loss, grads = _unpack(sums, model.trainable_variables)
        # Here, outside of the replicas, Keras clips the sums. Inside, it
        # would clip each replica's part, and then add.
        optimizer.apply_gradients(
            zip(grads, model.trainable_variables, strict=True)
        )
        return mean_loss

    return train_step


def _make_measurement(
    strategy: tf.distribute.Strategy, model: keras.Sequential
) -> TrainStep:
    """Compile the mean loss of a batch, over the rows of all workers."""
    replicas = strategy.num_replicas_in_sync

    def replica_loss(inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        logits = model(_own_rows(model, inputs), training=False)
        costs = loss(_own_rows(model, targets), logits)
        return tf.reduce_mean(costs) / replicas

    @tf.function
    def measure(inputs: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        parts = strategy.run(replica_loss, (inputs, targets))
        return strategy.reduce("SUM", parts, axis=None)

    return measure


def _own_rows(model: keras.Sequential, ids: tf.Tensor) -> tf.Tensor:
    """Return the rows of the replica that calls, of those of its worker."""
    rows = model.input_shape[0]
    replicas_here = ids.shape[0] // rows
    context = tf.distribute.get_replica_context()
    first = context.replica_id_in_sync_group % replicas_here * rows
    return ids[first : first + rows]


def _pack(mean_loss: tf.Tensor, grads: list[Any]) -> dict[Any, Any]:
    """Put the loss and all gradients into few tensors: each is sent once.

    That of the embedding stays the list of rows that Keras makes, since Adam
    treats such a list differently from a table (notebook 5).
    """
    tables = [g for g in grads if not isinstance(g, tf.IndexedSlices)]
    flat = [tf.reshape(table, [-1]) for table in tables]
    packed: dict[Any, Any] = {-1: tf.concat([mean_loss[None], *flat], axis=0)}
    for number, grad in enumerate(grads):
        if isinstance(grad, tf.IndexedSlices):
            packed[number] = grad
    return packed


def _unpack(packed: dict[Any, Any], variables: list[Any]) -> Any:
    """Return the loss and the gradients that `_pack` has put together."""
    shapes = [
        [] if number in packed else variable.shape
        for number, variable in enumerate(variables)
    ]
    sizes = [
        0 if number in packed else int(np.prod(shape))
        for number, shape in enumerate(shapes)
    ]
    mean_loss, *flat = tf.split(packed[-1], [1, *sizes])
    grads = [
        packed[number] if number in packed else tf.reshape(part, shape)
        for number, (part, shape) in enumerate(zip(flat, shapes, strict=True))
    ]
    return mean_loss[0], grads


def run_epoch(
    strategy: tf.distribute.Strategy,
    model: keras.Sequential,
    step: TrainStep,
    batches: tf.data.Dataset,
    name: str = "",
) -> float:
    """Take all steps of an epoch, from an empty state on.

    With a name, the first worker shows a moving line. Returns the mean of the
    losses, in nats.
    """
    strategy.run(lambda: reset_states(model))
    steps = int(batches.cardinality())
    is_shown = bool(name) and is_chief(strategy)
    total = 0.0
    for number, (inputs, targets) in enumerate(batches, start=1):
        total += float(step(inputs, targets))
        now = time.monotonic()
        if number == 1:  # it is compiled, which takes longer than other steps
            start = shown = now
        elif is_shown and now > shown + _REFRESH:
            shown = now
            of_a_step = (now - start) / (number - 1)
            left = describe_duration(of_a_step * (steps - number))
            line = f"batch {number}/{steps}, loss {total / number:.4f}"
            _overwrite(f"{name}: {line}, {left} left in this epoch")
    if is_shown:
        _overwrite("")
    return total / steps


def _overwrite(line: str) -> None:
    """Print a line in place of the moving one."""
    print(f"\r{'':79}\r{line}", end="", flush=True)


def worker_batches(
    strategy: tf.distribute.Strategy, ids: Ids, recipe: Settings
) -> tf.data.Dataset:
    """Return the batches of this worker: its block of the text's rows.

    `Dataset.shard` would deal batches round and round, and so break the
    streams.

    Args:
        strategy: What knows the workers and their replicas.
        ids: The text, int32 (characters,), or a text on disk.
        recipe: Its `batch_size` is the rows of all workers together.

    Returns:
        Batches of inputs and targets, both int32 (rows of this worker,
        seq_length): as many on each worker.

    Raises:
        ValueError: The rows cannot be shared equally, or the text is too
            short.

    Example:
        >>> strategy = tf.distribute.get_strategy()
        >>> recipe = tg.RECIPES["one-minute"]
        >>> ids = np.zeros(3_000, "int32")
        >>> len(tg.worker_batches(strategy, ids, recipe))
        2
    """
    replicas = strategy.num_replicas_in_sync
    if recipe.batch_size % replicas:
        raise ValueError(
            f"{recipe.batch_size} rows cannot be shared equally by {replicas} "
            "replicas: take a number of them that divides the batch size."
        )
    number, workers = worker_number(strategy)
    count = recipe.batch_size // workers
    rows = range(number * count, (number + 1) * count)
    return stream_batches(ids, recipe.seq_length, recipe.batch_size, rows=rows)


def seed_replicas(
    strategy: tf.distribute.Strategy, model: keras.Sequential
) -> None:
    """Let each replica drop out other numbers.

    The first one keeps its seeds, which are those of a single device and of
    the checkpoints.
    """

    def add_number() -> None:
        context = tf.distribute.get_replica_context()
        number = tf.cast(context.replica_id_in_sync_group, tf.int64)
        for state in random_states(model):
            change = tf.cast(tf.stack([number, 0]), state.dtype)
            state.assign(state.value + change)

    strategy.run(add_number)


def worker_number(strategy: tf.distribute.Strategy) -> tuple[int, int]:
    """Return the number of this worker, from 0, and how many there are."""
    resolver = strategy.cluster_resolver
    if resolver is None or not resolver.cluster_spec():
        return 0, 1
    return resolver.task_id, resolver.cluster_spec().num_tasks("worker")


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Tell whether this is the worker that prints and saves."""
    return worker_number(strategy)[0] == 0


def check_agreement(
    strategy: tf.distribute.Strategy, facts: dict[str, Any]
) -> None:
    """Raise ValueError unless these facts, JSON, are the same on all workers.

    Otherwise they would wait for each other forever, or train nonsense.
    """

    def gather(numbers: tf.Tensor) -> tf.Tensor:
        context = tf.distribute.get_replica_context()
        return context.all_gather(numbers, axis=0)

    numbers = [_number_of(fact) for fact in facts.values()]
    gathered = strategy.run(gather, (tf.constant([numbers], tf.int64),))
    everywhere = strategy.experimental_local_results(gathered)[0].numpy()
    for name, column in zip(facts, everywhere.T, strict=True):
        if len(set(column.tolist())) > 1:
            raise ValueError(
                f"The workers differ in {name}: they need the same recipe, "
                "text, number format (TEXTGEN_DTYPE) and folder of "
                "checkpoints (TEXTGEN_CHECKPOINTS)."
            )


def _number_of(fact: Any) -> int:
    """Return a number that stands for a fact."""
    text = json.dumps(fact, sort_keys=True)
    return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)


@contextlib.contextmanager
def lost_workers(epochs: int) -> Iterator[None]:
    """Raise ConnectionError if TensorFlow has lost another worker."""
    try:
        yield
    except tf.errors.OpError as error:
        lost = re.findall(r"/task:(\d+)", error.message)
        if not lost and "ollective" not in error.message:
            raise
        who = f"Worker {lost[-1]}" if lost else "Another worker"
        raise ConnectionError(
            f"{who} has ended, or cannot be reached. Epochs that are saved: "
            f"{epochs}. Start the same command again, on all machines: it "
            "goes on from there."
        ) from error


def worker_strategy(
    cluster: dict[str, Any], wait_seconds: float = WAIT_SECONDS
) -> tf.distribute.Strategy:
    """Connect this process with the other workers of a cluster.

    It must be called before TensorFlow computes anything.

    Args:
        cluster: What `read_cluster` returned.
        wait_seconds: How long to wait for the others.

    Returns:
        The strategy of all workers.

    Raises:
        ValueError: Its port on this machine is in use, or the address is not
            of this machine.
        ConnectionError: Another worker cannot be reached.

    Example:
        `strategy = worker_strategy(read_cluster(os.environ["TF_CONFIG"]))`
    """
    addresses = cluster["cluster"]["worker"]
    number = cluster["task"]["index"]
    # TensorFlow would wait forever, without a word, and cannot be interrupted.
    _wait_for_others(addresses, number, wait_seconds)
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": addresses}),
        task_type="worker",
        task_id=number,
        rpc_layer="grpc",
    )
    return tf.distribute.MultiWorkerMirroredStrategy(resolver)


def _wait_for_others(
    addresses: list[str], number: int, wait_seconds: float
) -> None:
    """Return when each other worker has been reached once.

    Until then this worker listens at its own address, so that the others
    reach it.
    """
    missing = {i: each for i, each in enumerate(addresses) if i != number}
    start = time.monotonic()
    is_told = False
    with _listen(addresses[number]):
        while missing:
            missing = {
                i: address
                for i, address in missing.items()
                if not _answers(address)
            }
            waited = time.monotonic() - start
            names = ", ".join(f"{i} at {a}" for i, a in missing.items())
            if missing and waited > wait_seconds:
                raise ConnectionError(
                    f"After {waited:.0f} s there is no answer from worker "
                    f"{names}: start it, or correct its address in TF_CONFIG "
                    "on all machines."
                )
            if missing and waited > _SILENT_SECONDS and not is_told:
                is_told = True
                print(f"Waiting for worker {names}.", flush=True)
            time.sleep(_POLL_SECONDS if missing else 0)


def _listen(address: str) -> socket.socket:
    """Listen at the own address, where TensorFlow will listen afterwards."""
    host, _, port = address.rpartition(":")
    try:
        infos = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
        family, kind, protocol, _, where = infos[0]
        own = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _own_address_error(address, error) from error
    try:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.bind(where)
        own.listen()
    except OSError as error:
        own.close()
        raise _own_address_error(address, error) from error
    return own


def _own_address_error(address: str, error: OSError) -> ValueError:
    """Return what is wrong with the own address."""
    return ValueError(
        f"This worker cannot listen at {address!r} "
        f"({error.strerror or error}): TF_CONFIG must have an address of this "
        "machine, and a free port, for it."
    )


def _answers(address: str) -> bool:
    """Tell whether somebody listens at an address."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=5):
            return True
    except OSError:
        return False


def read_cluster(text: str) -> dict[str, Any]:
    """Return what `TF_CONFIG` says, if it can be right.

    Args:
        text: JSON: `{"cluster": {"worker": ["host:port", ...]}, "task":
            {"type": "worker", "index": 0}}`, as TensorFlow defines it.

    Returns:
        The same as a dictionary.

    Raises:
        ValueError: It is wrong; the message says where.

    Example:
        >>> from textgen_helpers.training.distributed import read_cluster
        >>> task = '"task": {"type": "worker", "index": 1}'
        >>> workers = '"cluster": {"worker": ["one:2222", "two:2222"]}'
        >>> read_cluster("{" + workers + ", " + task + "}")["task"]["index"]
        1
    """
    try:
        config = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"TF_CONFIG is no JSON: {error.msg} at character {error.pos}."
        ) from None
    parts = config if isinstance(config, dict) else {}
    cluster, task = parts.get("cluster"), parts.get("task")
    jobs = cluster if isinstance(cluster, dict) else {}
    workers = jobs.get("worker")
    if not isinstance(workers, list) or not workers:
        raise ValueError(
            "TF_CONFIG names no workers: it needs "
            '"cluster": {"worker": ["host:port", ...]}.'
        )
    if set(jobs) != {"worker"}:
        raise ValueError(
            f"TF_CONFIG has other jobs than workers, {sorted(jobs)}: list all "
            'machines under "worker"; the first of them saves.'
        )
    for address in workers:
        host, _, port = str(address).rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError(
                f"TF_CONFIG has the address {address!r}: write it as "
                '"host:port".'
            )
    if len(set(workers)) < len(workers):
        raise ValueError(
            "TF_CONFIG has the same address twice: each worker needs its own."
        )
    details = task if isinstance(task, dict) else {}
    index = details.get("index")
    # `type`, since true and false are integers in Python.
    if details.get("type") != "worker" or type(index) is not int:
        raise ValueError(
            'TF_CONFIG does not say which worker this is: it needs "task": '
            '{"type": "worker", "index": 0}.'
        )
    if not 0 <= index < len(workers):
        raise ValueError(
            f"TF_CONFIG says that this is worker {index}, but it has workers "
            f"0 to {len(workers) - 1}."
        )
    return {"cluster": {"worker": workers}, "task": details}
