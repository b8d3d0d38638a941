"""Several workers on this machine: processes that train one model together.

This module starts them, and each of them runs it:

    python -m textgen_helpers.training.workers JOB

JOB is JSON: the "settings" of the training, and the "text", the path of an
encoded text or nothing for the settings' corpus. Which worker it is says the
variable `TF_CONFIG`, as on several machines.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, NoReturn

import tensorflow as tf

from ..model.checkpoints import checkpoint_path
from ..settings import Settings, cluster_config, worker_environment
from ..text.corpus import load_corpus, split_corpus
from ..text.disk import EncodedText, open_encoded
from ..text.vocabulary import Vocabulary
from .distributed import Ids, read_cluster, train_distributed, worker_strategy

PROGRAM = "textgen_helpers.training.workers"
_LAST_SECONDS = 20.0  # in which workers end when the first one has ended
_POLL_SECONDS = 0.2

Process = subprocess.Popen[bytes]


def train_in_workers(
    recipe: Settings, count: int, text: EncodedText | None = None
) -> Path:
    """Train by a recipe in several processes on this machine.

    It prints what the first worker prints. What is trained, and how it goes on
    when it was interrupted, says `train_distributed`.

    Args:
        recipe: Sizes and rates, the number format and the folder. The workers
            share its `batch_size` rows.
        count: Number of workers.
        text: A whole text on disk. None: the text of the recipe.

    Returns:
        The checkpoint of the last epoch.

    Raises:
        ValueError: `count` is below 1, or does not divide the batch size.
        RuntimeError: A worker has failed; the message says why. Epochs that
            are saved stay.

    Example:
        `path = tg.train_in_workers(recipe, 2)`

    Notebook 7 uses it.
    """
    if count < 1 or recipe.batch_size % count:
        raise ValueError(
            f"{count} workers cannot share {recipe.batch_size} rows equally: "
            "take a number of workers that divides the batch size."
        )
    settings = asdict(recipe) | {"checkpoint_dir": str(recipe.checkpoint_dir)}
    job = {"settings": settings, "text": str(text.path) if text else None}
    command = [sys.executable, "-m", PROGRAM, json.dumps(job)]
    print(f"Starting {count} workers on this machine.", flush=True)
    run_workers(command, count)
    return checkpoint_path(recipe.checkpoint_dir, recipe.epochs)


def run_workers(command: list[str], count: int) -> None:
    """Run a program as several workers; print what the first one prints.

    When one fails, the others are ended. Raises RuntimeError with what it
    wrote last.
    """
    addresses = [f"localhost:{port}" for port in free_ports(count)]
    threads = max(1, (os.cpu_count() or 1) // count)
    with ExitStack() as stack:
        logs: list[IO[bytes]] = []
        workers: list[Process] = []
        for number in range(count):
            log = stack.enter_context(tempfile.TemporaryFile())
            config = worker_config(addresses, number)
            worker = subprocess.Popen(
                command,
                env=worker_environment(config, threads),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if number else subprocess.PIPE,
                stderr=log,
            )
            stack.enter_context(worker)  # waits for it, and closes its pipe
            stack.callback(_end_all, [worker])  # before it is waited for
            logs.append(log)
            workers.append(worker)
        failed: list[int] = []
        watch = threading.Thread(target=_watch, args=(workers, failed))
        watch.start()
        _pass_on(workers[0])
        watch.join()
        if failed:
            logs[failed[0]].seek(0)
            lines = logs[failed[0]].read().decode(errors="replace").split("\n")
            reason = next(filter(str.strip, reversed(lines)), "")
            code = workers[failed[0]].returncode
            raise RuntimeError(
                f"Worker {failed[0]} has ended with code {code}, and so the "
                f"others were ended. {reason}".rstrip()
            )


def worker_config(addresses: list[str], number: int) -> str:
    """Return the `TF_CONFIG` of one worker."""
    task = {"type": "worker", "index": number}
    return json.dumps({"cluster": {"worker": addresses}, "task": task})


def free_ports(count: int) -> list[int]:
    """Return ports of this machine on which nobody listens."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("localhost", 0))
        return [each.getsockname()[1] for each in sockets]


def _pass_on(worker: Process) -> None:
    """Print what a worker prints, until it has ended."""
    assert worker.stdout
    while piece := os.read(worker.stdout.fileno(), 1 << 16):
        print(piece.decode(errors="replace"), end="", flush=True)


def _watch(workers: list[Process], failed: list[int]) -> None:
    """Wait for all workers; when one fails, or is late, end the others."""
    left = _LAST_SECONDS
    while None in (codes := [worker.poll() for worker in workers]):
        bad = [number for number, code in enumerate(codes) if code]
        if bad or left < 0:
            failed += bad
            _end_all(workers)
            return
        if codes[0] is not None:
            left -= _POLL_SECONDS
        time.sleep(_POLL_SECONDS)
    failed += [i for i, worker in enumerate(workers) if worker.returncode]


def _end_all(workers: list[Process]) -> None:
    """End processes at once: TensorFlow does not listen to a SIGTERM."""
    for worker in workers:
        if worker.poll() is None:
            worker.kill()
            worker.wait()


def train_as_worker(
    cluster: dict[str, Any],
    recipe: Settings,
    text: EncodedText | None = None,
) -> None:
    """Train as one worker of a cluster; end the process if that fails."""
    # A worker that waits for others in C++ would not see a Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        strategy = worker_strategy(cluster)
        vocabulary, (train_ids, validation_ids, _) = read_parts(recipe, text)
        train_distributed(
            strategy, recipe, vocabulary, train_ids, validation_ids
        )
    except (OSError, RuntimeError, ValueError, tf.errors.OpError) as error:
        _fail(error)


def _fail(error: Exception) -> NoReturn:
    """Say why, and end at once: other ways wait for the other workers."""
    sys.stdout.flush()
    print(error, file=sys.stderr, flush=True)
    os._exit(1)


def read_parts(
    recipe: Settings, text: EncodedText | None
) -> tuple[Vocabulary, tuple[Ids, Ids, Ids]]:
    """Return the vocabulary, and training, validation and test text as ids.

    They are those of a text on disk, or else of the recipe's corpus.
    """
    if text is not None:
        return text.vocabulary, split_corpus(text)
    corpus = load_corpus(recipe.corpus)
    vocabulary = Vocabulary.from_text(corpus)
    train_text, validation_text, test_text = split_corpus(corpus)
    return vocabulary, (
        vocabulary.encode(train_text),
        vocabulary.encode(validation_text),
        vocabulary.encode(test_text),
    )


def main() -> None:
    """Be one of the workers of `train_in_workers`."""
    job = json.loads(sys.argv[1])
    values = job["settings"]
    values["checkpoint_dir"] = Path(values["checkpoint_dir"])
    text = open_encoded(Path(job["text"])) if job["text"] else None
    cluster = read_cluster(cluster_config() or "")
    train_as_worker(cluster, Settings(**values), text)


if __name__ == "__main__":
    main()
