"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from textgen_helpers.files import plain_name, write_atomically

from .killed_writer import kill_while_writing


def contents(folder: Path) -> dict[str, str]:
    """Return the text of each file in a folder, by name."""
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_file_and_its_folder_are_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "numbers.txt"
    with write_atomically(path) as part:
        part.write_text("1 2 3")
        assert not path.exists()
    assert contents(path.parent) == {"numbers.txt": "1 2 3"}


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("old")
    with write_atomically(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert contents(tmp_path) == {"numbers.txt": "new"}


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("is_written", [True, False])
def test_an_error_leaves_the_old_file(
    tmp_path: Path, error: type[BaseException], is_written: bool
) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("old")
    with pytest.raises(error), write_atomically(path) as part:
        if is_written:
            part.write_text("half")
        raise error
    assert contents(tmp_path) == {"numbers.txt": "old"}


def test_two_writers_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    with write_atomically(path) as part:
        part.write_text("first")
        with write_atomically(path) as other_part:
            assert other_part != part
            other_part.write_text("second")
        assert path.read_text() == "second"
        assert part.read_text() == "first"
    assert contents(tmp_path) == {"numbers.txt": "first"}


def test_the_temporary_name_has_the_same_suffix_and_folder(
    tmp_path: Path,
) -> None:
    # Writers choose the format by the suffix; only within a folder a move is
    # sure to be one step; git ignores the names.
    with write_atomically(tmp_path / "weights.npz") as part:
        part.touch()
        assert part.suffix == ".npz"
        assert part.parent == tmp_path
        assert part.name.startswith(".part-")


def test_a_killed_program_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("old")
    kill_while_writing(path)
    assert path.read_text() == "old"
    with write_atomically(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("my_poems-2", "my_poems-2"),
        ("a.b c\u00e9", "a-b-c"),
        ("\u4e09 \udcff", "text"),
        ("", "text"),
        ("ab" * 30, "ab" * 20),
    ],
)
def test_a_plain_name_has_nothing_that_a_system_refuses(
    name: str, plain: str
) -> None:
    assert plain_name(name) == plain
