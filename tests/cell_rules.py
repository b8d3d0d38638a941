"""A pytest plugin: a notebook cell that writes to stderr fails its test."""

from collections.abc import Iterator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Look at what a cell wrote once nbval has run it."""
    yield
    for output in getattr(item, "test_outputs", None) or []:
        if output.get("name") == "stderr":
            pytest.fail(f"the cell writes to stderr: {output['text']}")
