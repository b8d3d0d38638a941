"""What a run of the notebooks prints is read, and summed up."""

import pytest

from benchmarks import lesson
from benchmarks.targets import BITS_16, BITS_32

PRINTED = """\
All notebooks: about 2 min on this machine.
01_data_preparation           10 s
02_model                      70 s  up to date

notebook                   seconds  bits per character
01_data_preparation             10
02_model                        70  2.71
together                        80
"""


def read(text: str) -> lesson.LessonRun:
    run = lesson.LessonRun()
    for line in text.splitlines(keepends=True):
        run.read(line)
    return run


def test_seconds_and_the_announcement_are_read() -> None:
    run = read(PRINTED)
    assert run.seconds == {"01_data_preparation": 10, "02_model": 70}
    assert run.announced == ["All notebooks: about 2 min on this machine."]
    assert run.rest[0].startswith("notebook ") and len(run.rest) == 4


def test_the_sum_stands_beside_both_targets_and_the_announcement() -> None:
    run = read(PRINTED)
    first, together, announced = run.closing(BITS_32)
    assert first.split()[:5] == ["the", "first", "6", "80", "s"]
    assert "  32 bits: at most 180 s reached, (16 bits: at" in first
    assert together.split() == ["together", "80", "s"]
    assert announced.endswith("d: All notebooks: about 2 min on this machine.")
    run.seconds["02_model"] = 111
    assert "16 bits: at most 120 s MISSED" in run.closing(BITS_16)[0]


def test_later_notebooks_have_a_target_of_their_own() -> None:
    names = [f"{number:02}_name" for number in range(1, 9)]
    run = read("".join(f"{name}   {i * 9} s\n" for i, name in enumerate(names)))
    first, others, together, _ = run.closing(BITS_32)
    assert first.split()[3] == str(9 * 15)
    assert others.split()[:5] == ["the", "longest", "other", "one", "63"]
    assert others.endswith("any: at most 60 s MISSED")
    assert together.split() == ["together", str(9 * 28), "s"]


def test_a_run_may_announce_nothing() -> None:
    *_, announced = read("01_data_preparation     10 s\n").closing(BITS_32)
    assert announced.endswith("announced: nothing")


def test_the_notebooks_run_in_folders_of_their_own(
    tmp_path, monkeypatch, capsys
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys\n"
        "profile, corpus, saved = (\n"
        "    os.environ[f'TEXTGEN_{name}']\n"
        "    for name in ('PROFILE', 'CORPUS', 'CHECKPOINTS')\n"
        ")\n"
        "print(profile, corpus, saved != sys.argv[1])\n"
        "print('01_data_preparation           10 s')\n"
    )
    monkeypatch.setattr(lesson, "PROGRAM", (str(program),))
    lesson.run_lesson(BITS_32)
    _, first, _, together, announced = capsys.readouterr().out.splitlines()
    assert first.split() == ["01_data_preparation", "10", "s"]
    assert together.split()[:3] == ["together", "10", "s"]
    assert announced.endswith("announced: quick sample True")


def test_a_failed_run_says_what_the_notebooks_said(
    tmp_path, monkeypatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "print('01_data_preparation   1 s'); print('NameError: x'); exit(1)"
    )
    monkeypatch.setattr(lesson, "PROGRAM", (str(program),))
    with pytest.raises(SystemExit, match=r"failed.*NameError: x"):
        lesson.run_lesson(BITS_32)
