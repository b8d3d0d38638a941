"""The README of the benchmarks: its table and its commands are true."""

import re
from importlib.util import find_spec
from typing import NamedTuple

import pytest

import tasks
from benchmarks import compare, ways, workers
from benchmarks.peers import NAMES
from benchmarks.targets import BITS_16, BITS_32
from textgen_helpers.settings import ROOT
from tools import course_notebooks

README = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
TITLE = re.compile(r"(\S.*?) {2,}ms +share +faster +limit +target")
ROW = re.compile(
    r"  (\S.*?) {2,}([\d.,]+) +([\d.]+) +([\d.]+)x(?: +\d+%)?"
    r"(?: +\(?((?:any|\d\d bits): [\d.]+x)(?: (reached|MISSED)|\)))?"
)
KIND = re.compile(r"this machine: (\d\d bits)")
DTYPES = {BITS_32: "float32", BITS_16: "mixed_bfloat16"}


class Row(NamedTuple):
    """A line of the table."""

    name: str
    ms: float
    share: float
    faster: float
    target: str | None
    verdict: str | None


def read_table(text: str) -> dict[str, list[Row]]:
    """Return the rows of a printed table, by the title of their group."""
    groups: dict[str, list[Row]] = {}
    rows: list[Row] = []
    for line in text.splitlines():
        if title := TITLE.fullmatch(line):
            rows = groups[title[1]] = []
        elif row := ROW.fullmatch(line):
            name, ms, share, faster, *target = row.groups()
            numbers = float(ms.replace(",", "")), float(share), float(faster)
            rows.append(Row(name, *numbers, *target))
    return groups


def test_shares_factors_and_verdicts_follow_from_the_times() -> None:
    table = read_table(README)
    assert len(table) == 5
    for rows in table.values():
        for row in rows:
            # Times have three digits, two of them if they are very short.
            ratio = row.ms / rows[0].ms
            assert row.share == pytest.approx(ratio, rel=0.02, abs=6e-4)
            assert row.faster == pytest.approx(1 / ratio, rel=0.02, abs=0.06)
            if row.verdict:
                _, target = row.target.split(": ")
                is_reached = row.faster >= float(target.rstrip("x"))
                assert row.verdict == ("reached" if is_reached else "MISSED")


def test_seconds_of_the_notebooks_add_up() -> None:
    notebooks = re.findall(r"^  \d\d_\w+ +(\d+) s$", README, re.MULTILINE)
    assert len(notebooks) == len(list(course_notebooks(ROOT / "notebooks")))
    together = re.search(r"^  together +(\d+) s$", README, re.MULTILINE)
    assert int(together[1]) == sum(map(int, notebooks))


def test_the_table_has_the_lines_that_the_program_prints(
    monkeypatch, capsys
) -> None:
    def one_millisecond(*_: object, **__: object) -> ways.Way:
        return lambda: 0.001

    work = (
        "train_keras train_fast quick_in_the_loop quick_in_fit "
        "write_as_the_lesson write_by_steps write in_new_processes "
        "encode_one_by_one encode draw_as_the_lesson draw"
    )
    for name in work.split():
        monkeypatch.setattr(ways, name, one_millisecond)
    rates = {"float32": 1e15, "bfloat16": 2e15}
    monkeypatch.setattr(ways, "matrix_rates", lambda: rates)
    monkeypatch.setattr(ways, "corpus", lambda: "x" * ways.CHARACTERS)
    monkeypatch.setattr(ways, "first_call", lambda: 1.0)
    monkeypatch.setattr(ways, "pipeline_bytes", lambda: 7.0)
    measured = {"seconds": 0.5, "sent": 4e6, "seen": 4e6}
    monkeypatch.setattr(workers, "measure", lambda *_: measured)
    monkeypatch.setattr(compare, "run_lesson", print)
    kind = KIND.search(README)[1]
    monkeypatch.setenv("TEXTGEN_DTYPE", DTYPES[kind])
    compare.main([])
    output = capsys.readouterr().out
    assert KIND.search(output)[1] == kind
    for line in ("7.0 bytes a character", "start of a notebook: ", kind):
        assert line in output

    def promises(text: str) -> dict[str, list[tuple[str, str | None]]]:
        return {
            title: [
                (row.name, row.target)
                for row in rows
                if row.name not in NAMES.values()
            ]
            for title, rows in read_table(text).items()
        }

    assert promises(output) == promises(README)


def test_a_wrong_option_is_refused(capsys) -> None:
    with pytest.raises(SystemExit):
        compare.main(["--peer-libraries"])
    assert "unrecognized arguments" in capsys.readouterr().err


def test_its_commands_exist() -> None:
    modules = re.findall(r"python -m ([\w.]+)", README)
    assert len(modules) >= 2
    for module in modules:
        assert find_spec(module)
    commands = re.findall(r"python tasks\.py ([^`]+)`", README)
    assert len(commands) >= 3
    for command in commands:
        tasks.make_parser().parse_args(command.split())
