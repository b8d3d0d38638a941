"""Text on disk: the same text, the same batches, and no damaged files."""

import json
import os
import shutil
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textgen_helpers.text import corpus
from textgen_helpers.text import disk as disk_module
from textgen_helpers.text.corpus import load_corpus, split_corpus, text_pieces
from textgen_helpers.text.disk import EncodedText, encode_to_disk, open_encoded
from textgen_helpers.text.vocabulary import Vocabulary

few = settings(max_examples=25)
some_text = st.text(
    st.sampled_from("ab\n\r\ufeffé三😀")
    | st.characters(codec="utf-8", exclude_characters="\0"),
    min_size=1,
    max_size=40,
)
# Alphabets whose ids need one, two and four bytes.
ALPHABETS = [(2, "uint8"), (256, "uint8"), (257, "uint16"), (65_537, "uint32")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the texts of many examples."""
    return tmp_path_factory.mktemp("texts")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return the path of a short text in two writings."""
    path = tmp_path / "own.txt"
    path.write_bytes("To be, or not to be.\r\nБыть или не быть.\n".encode() * 9)
    return path


@pytest.fixture
def encoded(source: Path, tmp_path: Path) -> EncodedText:
    """Return the short text on disk, in a folder of its own."""
    return encode_to_disk(source, tmp_path / "encoded")


def files_of(encoded: EncodedText) -> tuple[Path, Path]:
    """Return the file of the ids and the description."""
    return encoded.path, encoded.path.with_suffix(".json")


def text_of(encoded: EncodedText) -> str:
    return encoded.vocabulary.decode(np.asarray(encoded))


def state_of(path: Path) -> tuple[int, int]:
    """Return what changes if a file is written again."""
    return path.stat().st_ino, path.stat().st_mtime_ns


# The text.


@few
@given(text=some_text, piece_size=st.integers(1, 9))
def test_pieces_are_the_text_that_load_corpus_gives(
    folder: Path, text: str, piece_size: int
) -> None:
    path = folder / "pieces.txt"
    path.write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus, "PIECE_SIZE", piece_size)
        if text == "\ufeff":
            with pytest.raises(ValueError, match="is empty"):
                list(text_pieces(path))
            return
        pieces = list(text_pieces(path))
    assert "".join(pieces) == load_corpus(str(path))


@pytest.mark.parametrize("piece_size", [1, 2, 3])
@pytest.mark.parametrize("begin", ["", "\ufeff", "\ufeff\ufeff"])
def test_pairs_across_the_border_of_two_pieces(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    piece_size: int,
    begin: str,
) -> None:
    monkeypatch.setattr(corpus, "PIECE_SIZE", piece_size)
    path = tmp_path / "own.txt"
    path.write_bytes(f"{begin}ab\r\ncd\r\r\né三😀\r".encode())
    encoded = encode_to_disk(path, tmp_path)
    assert text_of(encoded) == load_corpus(str(path))
    assert text_of(encoded).endswith("ab\ncd\n\né三😀\n")


def test_the_names_of_load_corpus_are_known(
    tmp_path: Path, sample: str, vocabulary: Vocabulary
) -> None:
    encoded = encode_to_disk("sample", tmp_path)
    assert len(encoded) == len(sample)
    assert encoded.vocabulary.characters == vocabulary.characters
    assert text_of(encoded) == sample


def test_without_a_folder_it_goes_to_what_was_measured(source: Path) -> None:
    # Where `known_machine` has put it.
    encoded = encode_to_disk(source)
    assert encoded.path.parent == (
        disk_module.settings.measured_dir() / "encoded"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf",
        "caf\u00e9".encode("latin-1"),
        "三四五六".encode()[:-1],
        b"PK\x03\x04\x81\xff\x00",
        "What light?".encode("utf-16"),
        "What light?".encode("utf-16-le"),
        "\ufeffö\na\0bcdefgh".encode(),
        ("\u0431\u0440\u0430\u0442 " * 12).encode("utf-16-le"),
        b"half a pair: \xed\xa0\x80",
        b"\xef\xbb",
    ],
)
def test_what_load_corpus_refuses_is_refused_with_its_sentence(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError) as expected:
        load_corpus(str(path))
    with pytest.raises(ValueError) as caught:
        encode_to_disk(path, tmp_path / "encoded")
    place = getattr(expected.value, "where", str(expected.value))
    assert str(caught.value).startswith(place)
    # There is no other encoding to give.
    assert "its encoding" not in str(caught.value)
    assert not (tmp_path / "encoded").exists()


@pytest.mark.parametrize("piece_size", [3, 4])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("\ufeffab三\r\n".encode() + b"\xe9 cd", "byte 10 is 0xe9"),
        ("三四五六".encode()[:-1], "byte 9 is 0xe5"),
        ("\ufeffa\r\n三\0b".encode(), "NUL .* at character 4"),
    ],
)
def test_the_place_is_counted_from_the_beginning(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    piece_size: int,
    data: bytes,
    message: str,
) -> None:
    monkeypatch.setattr(corpus, "PIECE_SIZE", piece_size)
    path = tmp_path / "own.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message):
        encode_to_disk(path, tmp_path)


def test_a_missing_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no text file 'nowhere\.txt'"):
        encode_to_disk("nowhere.txt", tmp_path)


# The ids.


@pytest.mark.parametrize(("size", "dtype"), ALPHABETS)
def test_ids_are_stored_in_the_smallest_type(
    tmp_path: Path, size: int, dtype: str
) -> None:
    # Without the halves of pairs, and without what ends a line.
    codes = [code for code in range(14, size + 3_000) if not _is_half(code)]
    text = "".join(map(chr, codes[:size]))
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8", newline="")
    encoded = encode_to_disk(path, tmp_path)
    assert np.asarray(encoded).dtype == np.int32
    assert np.array_equal(encoded, np.arange(size))
    last = encoded.take(np.array([[size - 1, 0]]))
    assert last.tolist() == [[size - 1, 0]] and last.dtype == np.int32
    stored = np.load(encoded.path, mmap_mode="r")
    assert stored.dtype == dtype and len(stored) == size


def _is_half(code: int) -> bool:
    return 0xD800 <= code < 0xE000


def test_the_description_says_what_it_is(
    encoded: EncodedText, source: Path
) -> None:
    _, path = files_of(encoded)
    description = json.loads(path.read_text(encoding="utf-8"))
    assert description["vocabulary"] == encoded.vocabulary.characters
    assert description["length"] == len(encoded)
    assert description["dtype"] == "uint8"
    assert description["source"]["name"] == "own.txt"
    # Files may be given away: they do not say where they were made.
    assert str(source.parent) not in path.read_text(encoding="utf-8")


@given(data=st.data())
@few
def test_a_slice_is_a_part_on_disk(folder: Path, data: st.DataObject) -> None:
    encoded = encode_to_disk("sample", folder)
    ids = np.asarray(encoded)
    for _ in range(2):  # a part of a part, too
        bounds = st.none() | st.integers(-len(ids) - 5, len(ids) + 5)
        part = slice(data.draw(bounds), data.draw(bounds))
        encoded, ids = encoded[part], ids[part]
        assert len(encoded) == len(ids)
        assert np.array_equal(encoded, ids)
        if len(ids):
            positions = np.array([len(ids) - 1, 0])
            assert np.array_equal(encoded.take(positions), ids[positions])


@pytest.mark.parametrize("index", [0, slice(None, None, 2), slice(9, 0, -1)])
def test_only_slices_with_a_step_of_1(encoded: EncodedText, index: Any) -> None:
    with pytest.raises(TypeError, match="only slices with a step of 1"):
        encoded[index]


@pytest.mark.parametrize("position", [-1, 10])
def test_a_part_does_not_show_what_is_beside_it(
    encoded: EncodedText, position: int
) -> None:
    with pytest.raises(IndexError, match="between 0 and 9"):
        encoded[20:30].take(np.array([0, position]))


def test_an_array_of_another_type(encoded: EncodedText) -> None:
    assert np.asarray(encoded, dtype=np.int64).dtype == np.int64
    with pytest.raises(ValueError, match="no array that can be shared"):
        np.array(encoded, copy=False)


def test_it_is_split_like_a_string(source: Path, encoded: EncodedText) -> None:
    parts = split_corpus(encoded)
    assert [text_of(part) for part in parts] == list(
        split_corpus(load_corpus(str(source)))
    )


def test_it_shows_its_size(encoded: EncodedText) -> None:
    different = len(encoded.vocabulary)
    assert repr(encoded[:25]).endswith(
        f".npy: 25 characters, {different} different>"
    )


# Files that are there already.


def test_an_unchanged_text_is_not_written_again(
    source: Path, encoded: EncodedText
) -> None:
    before = [state_of(path) for path in files_of(encoded)]
    again = encode_to_disk(source, encoded.path.parent)
    assert [state_of(path) for path in files_of(again)] == before
    assert text_of(again) == text_of(encoded)


def test_a_changed_text_is_encoded_again(
    source: Path, encoded: EncodedText
) -> None:
    state = source.stat()
    source.write_text("Another text.")
    assert text_of(encode_to_disk(source, encoded.path.parent)) == (
        "Another text."
    )
    # As long as before, but of another time.
    source.write_text("another text.")
    os.utime(source, ns=(state.st_atime_ns, state.st_mtime_ns + 10**10))
    again = encode_to_disk(source, encoded.path.parent)
    assert text_of(again) == "another text."
    assert sorted(encoded.path.parent.iterdir()) == sorted(files_of(again))


def test_who_reads_a_text_that_is_replaced_is_told(
    source: Path, encoded: EncodedText
) -> None:
    source.write_text("Another text, which is not as long.")
    encode_to_disk(source, encoded.path.parent)
    with pytest.raises(ValueError, match="changed since it was opened"):
        encoded.take(np.array([0]))


def test_texts_of_one_name_do_not_overwrite_each_other(
    source: Path, encoded: EncodedText, tmp_path: Path
) -> None:
    other = tmp_path / "other" / source.name
    other.parent.mkdir()
    other.write_text("Another text.")
    assert text_of(encode_to_disk(other, encoded.path.parent)) != text_of(
        encoded
    )
    assert len(list(encoded.path.parent.iterdir())) == 4


@pytest.mark.parametrize("number", [0, 1])
def test_a_damaged_file_is_written_again(
    source: Path, encoded: EncodedText, number: int
) -> None:
    text = text_of(encoded)
    files_of(encoded)[number].write_bytes(b"damaged")
    assert text_of(encode_to_disk(source, encoded.path.parent)) == text
    assert text_of(open_encoded(encoded.path)) == text


# Files that are not whole, or not ours.


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> EncodedText:
    """Return a text on disk that no test changes."""
    folder = tmp_path_factory.mktemp("whole")
    path = folder / "own.txt"
    path.write_bytes(b"To be, or not to be.\n")
    return encode_to_disk(path, folder)


@pytest.fixture
def copied(whole: EncodedText, tmp_path: Path) -> tuple[Path, Path]:
    """Return copies of its two files that a test may damage."""
    return copy_of(whole, tmp_path)


def copy_of(encoded: EncodedText, folder: Path) -> tuple[Path, Path]:
    """Copy the files of a text to a folder, under another name."""
    paths = folder / "copy.npy", folder / "copy.json"
    for path, new_path in zip(files_of(encoded), paths, strict=True):
        shutil.copyfile(path, new_path)
    return paths


def assert_refused(path: Path, message: str = "is damaged, or not") -> None:
    with pytest.raises(ValueError, match=message) as caught:
        open_encoded(path)
    sentence = str(caught.value)
    assert sentence.endswith(".") and ". " not in sentence


@pytest.mark.parametrize("number", [0, 1])
def test_both_files_open_a_text(
    whole: EncodedText, copied: tuple[Path, Path], number: int
) -> None:
    opened = open_encoded(str(copied[number]))
    assert opened.path == copied[0]
    assert opened.vocabulary.characters == whole.vocabulary.characters
    assert np.array_equal(opened, whole)


@given(data=st.data())
def test_a_changed_byte_of_the_ids_is_noticed(
    whole: EncodedText, folder: Path, data: st.DataObject
) -> None:
    path, _ = copy_of(whole, folder)
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert_refused(path)


@given(data=st.data())
def test_a_changed_byte_of_the_description_is_noticed(
    whole: EncodedText, folder: Path, data: st.DataObject
) -> None:
    _, path = copy_of(whole, folder)
    before = json.loads(path.read_bytes())
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        is_same = json.loads(content) == before  # another kind of space
    except ValueError:
        is_same = False
    if is_same:
        open_encoded(path)
    else:
        assert_refused(path)


@given(data=st.data())
@few
def test_a_cut_or_longer_file_is_noticed(
    whole: EncodedText, folder: Path, data: st.DataObject
) -> None:
    for number in (0, 1):
        path = copy_of(whole, folder)[number]
        content = path.read_bytes()
        end = data.draw(st.integers(0, len(content) - 1))
        for wrong in (content[:end], content + content[end:]):
            path.write_bytes(wrong)
            assert_refused(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1, 2]", b"7", b'"sha256"', b'{"sha256": "0"}', b"\xff\xfe"],
)
def test_another_json_is_refused(
    copied: tuple[Path, Path], content: bytes
) -> None:
    copied[1].write_bytes(content)
    assert_refused(copied[0])


def test_another_array_is_refused(copied: tuple[Path, Path]) -> None:
    np.save(copied[0], np.arange(21, dtype=np.uint8))
    assert_refused(copied[1])


def test_the_ids_of_another_text_are_refused(
    copied: tuple[Path, Path], encoded: EncodedText
) -> None:
    shutil.copyfile(encoded.path, copied[0])
    assert_refused(copied[0])


@pytest.mark.parametrize("number", [0, 1])
def test_one_file_without_the_other_is_refused(
    copied: tuple[Path, Path], number: int
) -> None:
    copied[number].unlink()
    for path in copied:
        assert_refused(path, f"incomplete, since {copied[number].name} is")


def test_files_of_other_kinds_are_refused(source: Path, tmp_path: Path) -> None:
    assert_refused(source, "is no text on disk: give the .npy")
    assert_refused(tmp_path, "is no text on disk: give the .npy")
    with pytest.raises(FileNotFoundError, match="no text on disk at"):
        open_encoded(tmp_path / "nothing.npy")


# Interrupted writing.


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(28, "No space")]
)
@pytest.mark.parametrize("is_there", [False, True])
def test_an_interruption_leaves_nothing_behind(
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    is_there: bool,
) -> None:
    folder = tmp_path / "encoded"
    folder.mkdir()
    if is_there:
        encode_to_disk(source, folder)
        source.write_text("Another text.")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    encode = Vocabulary.encode
    monkeypatch.setattr(corpus, "PIECE_SIZE", 5)

    def encode_two(self: Vocabulary, text: str) -> np.ndarray:
        pieces.append(text)
        if len(pieces) == 3:
            raise error
        return encode(self, text)

    pieces: list[str] = []
    monkeypatch.setattr(Vocabulary, "encode", encode_two)
    with pytest.raises(type(error)) as caught:
        encode_to_disk(source, folder)
    if isinstance(error, OSError):
        assert "own.txt could not be encoded" in str(caught.value)
        assert "No space" in str(caught.value)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after == before


def test_without_its_description_a_text_is_not_there(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def replace_but_json(self: Path, target: Path) -> Path:
        if self.suffix == ".json":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_but_json)
    folder = tmp_path / "encoded"
    with pytest.raises(KeyboardInterrupt):
        encode_to_disk(source, folder)
    monkeypatch.undo()
    (path,) = folder.iterdir()
    assert_refused(path, "incomplete")
    encoded = encode_to_disk(source, folder)
    assert text_of(encoded) == load_corpus(str(source))


@pytest.mark.parametrize("change", ["A", "Ы", "\x00", ""])
def test_a_text_that_changes_meanwhile_is_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    first_pass = disk_module._vocabulary_and_length

    def change_after_it(path: Path) -> tuple[Vocabulary, int]:
        result = first_pass(path)
        path.write_text(change, encoding="utf-8")
        return result

    monkeypatch.setattr(disk_module, "_vocabulary_and_length", change_after_it)
    with pytest.raises(ValueError, match="changed while it was read"):
        encode_to_disk(source, tmp_path / "encoded")
    assert not list((tmp_path / "encoded").iterdir())


# What is printed.


def test_a_short_text_is_encoded_in_silence(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disk_module, "time", clock(0))
    encode_to_disk(source, tmp_path)
    assert capsys.readouterr().out == ""


def test_a_long_text_has_a_line_that_moves(
    source: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disk_module, "time", clock(3))
    encoded = encode_to_disk(source, tmp_path)
    lines = capsys.readouterr().out.split("\r")
    assert "Encoding own.txt, step 1 of 2: 100%" in lines
    assert "Encoding own.txt, step 2 of 2: 100%" in lines
    assert lines[-1].startswith(f"Encoded own.txt: {len(encoded)} characters, ")
    assert lines[-1].count("\n") == 1


def clock(step: int) -> SimpleNamespace:
    """Return a clock that goes on by some seconds when it is looked at."""
    return SimpleNamespace(monotonic=count(0, step).__next__)
