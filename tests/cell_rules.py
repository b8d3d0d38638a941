"""A pytest plugin: what nbval's cells may not do.

A cell that writes to stderr fails. A cell with an exercise may take a minute:
an endless loop of a student must not hold up the checks.
"""

from collections.abc import Iterator

import pytest

EXERCISE_SECONDS = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a cell with its time limit, then look at what it wrote."""
    options = item.config.option
    usual = options.nbval_cell_timeout
    if "exercise" in item.cell.metadata.get("tags", []):
        options.nbval_cell_timeout = EXERCISE_SECONDS
    try:
        yield
    finally:
        options.nbval_cell_timeout = usual
    for output in item.test_outputs or []:
        if output.get("name") == "stderr":
            pytest.fail(f"the cell writes to stderr: {output['text']}")
