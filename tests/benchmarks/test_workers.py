"""What several workers cost: the table, and the bytes that are sent."""

import numpy as np
import pytest

from benchmarks import workers
from textgen_helpers.model.build import build_model
from textgen_helpers.settings import THREE_MINUTES

LENGTH = THREE_MINUTES.seq_length


def test_one_worker_sends_nothing() -> None:
    model = build_model(20, 4, 8, 4)
    assert workers.counted_bytes(model, 4, 1) == 0


def test_two_workers_send_each_number_once_and_the_rows_they_have() -> None:
    model = build_model(20, 4, 8, 4)
    numbers = sum(int(np.prod(v.shape)) for v in model.trainable_variables[1:])
    of_tables = 4 * (numbers + 1)  # and the loss
    of_rows = 2 * LENGTH * (4 * 4 + 8)
    sent = workers.counted_bytes(model, 4, 2)
    assert sent == pytest.approx(of_tables + of_rows)


def test_the_table_has_rates_of_the_global_batch(monkeypatch) -> None:
    calls = []

    def measure(count: int, rows: int) -> dict[str, float]:
        calls.append((count, rows))
        return {"seconds": 0.5, "sent": 4e6, "seen": 4.2e6}

    monkeypatch.setattr(workers, "measure", measure)
    head, *lines = workers.table()
    assert head.split()[:4] == ["workers", "on", "this", "machine"]
    assert [line.split()[-4:] for line in lines] == [
        ["2.00", f"{2 * rows * LENGTH:,}", "4.0", "4.2"]
        for _, rows in workers.WAYS.values()
    ]
    assert calls == list(workers.WAYS.values()) * workers.ROUNDS
