"""The text: the embedded play, the download, a file of one's own."""

import hashlib
import re
import socket
from collections import Counter
from pathlib import Path

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgen_helpers.settings import QUICK
from textgen_helpers.text import corpus
from textgen_helpers.text.batches import stream_batches
from textgen_helpers.text.corpus import load_corpus, split_corpus
from textgen_helpers.text.vocabulary import Vocabulary
from textgen_helpers.training.recipes import recipe_for

ALPHABET = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def speeches(text: str) -> list[tuple[str, list[str]]]:
    """Return (speaker, lines) of a text in the corpus's layout."""
    blocks = [block.split("\n") for block in text.rstrip("\n").split("\n\n")]
    return [(block[0], block[1:]) for block in blocks]


# The embedded play.


def test_the_play_has_the_alphabet_of_shakespeare(sample: str) -> None:
    counts = Counter(sample)
    assert "".join(sorted(counts)) == ALPHABET
    assert min(counts.values()) >= 2


def test_the_play_has_the_layout_of_shakespeare(sample: str) -> None:
    assert sample.startswith("First Citizen:\n")
    assert sample.endswith("\n") and not sample.endswith("\n\n")
    speakers = {speaker for speaker, _ in speeches(sample)}
    for speaker, lines in speeches(sample):
        assert not speakers & set(lines), f"an empty line is missing: {lines}"
        assert re.fullmatch(r"[A-Z][A-Za-z ]*:", speaker), speaker
        assert lines, f"{speaker} has no text"
        for line in lines:
            assert line and line == line.strip() and len(line) <= 70, line


def test_each_part_of_the_play_fills_batches(
    sample: str, vocabulary: Vocabulary
) -> None:
    recipe = recipe_for(QUICK)
    sizes = (recipe.seq_length, recipe.batch_size)
    for part in split_corpus(sample):
        assert len(stream_batches(vocabulary.encode(part), *sizes)) > 1


def test_the_chorus_speaks_between_the_acts_and_last(sample: str) -> None:
    speakers = [speaker for speaker, _ in speeches(sample)]
    assert speakers[0] != "Chorus:" and speakers[-1] == "Chorus:"
    # Before each of the acts two to five, and the epilogue.
    assert speakers.count("Chorus:") == 5


def test_the_play_has_verse_and_prose(sample: str) -> None:
    verse = prose = 0
    for _, lines in speeches(sample):
        if len(lines) >= 3:
            # Each line of verse begins with a capital letter.
            capitals = sum(line.lstrip("'-")[0].isupper() for line in lines)
            verse += capitals == len(lines)
            prose += capitals <= len(lines) / 2
    assert verse > 100 and prose > 100


def test_no_line_of_the_play_is_repeated(sample: str) -> None:
    lines = Counter(line for line in sample.split("\n") if len(line) >= 20)
    assert lines.most_common(1)[0][1] == 1


def test_the_play_is_no_copy(sample: str, shakespeare_path: Path) -> None:
    original = load_corpus(str(shakespeare_path))
    spans = {original[i : i + 60] for i in range(len(original) - 59)}
    copied = [
        sample[i : i + 60]
        for i in range(len(sample) - 59)
        if sample[i : i + 60] in spans
    ]
    assert not copied


# Shakespeare.


def test_the_full_corpus_is_the_lesson_s(
    shakespeare_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTGEN_DATA", str(shakespeare_path.parent))
    text = load_corpus("shakespeare")
    assert len(text) == 1_115_394
    assert "".join(sorted(set(text))) == ALPHABET


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the download come from a small file of this machine."""
    path = tmp_path / "source.txt"
    path.write_bytes(b"To write, or not to write.\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(corpus, "SHAKESPEARE_URL", path.as_uri())
    monkeypatch.setattr(corpus, "SHAKESPEARE_SHA256", digest)
    return path


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the download go to an empty folder, the project's own data."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(corpus, "DATA_DIR", folder)
    monkeypatch.setenv("TEXTGEN_DATA", str(folder))
    return folder


def test_the_download_is_made_once(
    source: Path, downloads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_corpus("shakespeare") == source.read_text()
    assert "Downloading" in capsys.readouterr().out
    assert [path.name for path in downloads.iterdir()] == ["shakespeare.txt"]
    source.unlink()
    assert load_corpus("shakespeare")
    assert capsys.readouterr().out == ""


def test_a_text_in_the_project_is_used_wherever_downloads_go(
    source: Path,
    downloads: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (downloads / "shakespeare.txt").write_bytes(source.read_bytes())
    source.unlink()
    monkeypatch.setenv("TEXTGEN_DATA", str(tmp_path / "elsewhere"))
    assert load_corpus("shakespeare").startswith("To write")
    assert not (tmp_path / "elsewhere").exists()


def test_a_damaged_download_is_fetched_again(
    source: Path, downloads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (downloads / "shakespeare.txt").write_text("To wri")
    assert load_corpus("shakespeare") == source.read_text()
    assert capsys.readouterr().out.count("damaged or incomplete") == 1


def test_a_download_does_not_wait_for_ever(
    source: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts = []

    def get_file(*arguments: object, **options: object) -> None:
        timeouts.append(socket.getdefaulttimeout())
        raise OSError("no answer")

    before = socket.getdefaulttimeout()
    monkeypatch.setattr(keras.utils, "get_file", get_file)
    with pytest.raises(OSError, match="no answer"):
        load_corpus("shakespeare")
    assert timeouts == [20]
    assert socket.getdefaulttimeout() == before


def test_without_a_network_two_ways_to_continue_are_named(
    source: Path, downloads: Path
) -> None:
    source.unlink()
    with pytest.raises(OSError, match=r"load_corpus\('sample'\).*browser"):
        load_corpus("shakespeare")
    assert not list(downloads.iterdir())


def test_another_file_at_the_address_is_refused(
    source: Path, downloads: Path
) -> None:
    source.write_text("Something else.\n")
    with pytest.raises(OSError, match="could not be downloaded"):
        load_corpus("shakespeare")
    assert not list(downloads.iterdir())


# A file of one's own.


def test_max_chars_cuts_off(sample: str) -> None:
    assert load_corpus("sample", max_chars=100) == sample[:100]
    with pytest.raises(ValueError, match="max_chars must be at least 1"):
        load_corpus("sample", max_chars=0)


def test_all_line_ends_become_newlines(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes("\ufeffOne\r\ntwo\r\u4e09\n".encode())
    assert load_corpus(str(path)) == "One\ntwo\n\u4e09\n"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no text file 'nowhere\.txt'"):
        load_corpus("nowhere.txt")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    with pytest.raises(ValueError, match=r"empty\.txt' is empty"):
        load_corpus(str(path))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "What light?\n"),
        ("utf-8-sig", "What light?\n"),
        ("utf-16", "What light?\n"),
        ("utf-32", "What light?\n"),
        ("gb18030", "床前明月光，疑是地上霜。"),
        ("cp932", "吾輩は猫である。名前はまだ無い。"),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
        ("cp1252", "Größe und Maß, à peine couché"),
    ],
)
def test_a_file_is_read_in_the_encoding_given(
    encoding: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(text.encode(encoding))
    assert load_corpus(str(path), encoding=encoding) == text


@pytest.mark.parametrize("encoding", ["utf-88", "rot13", "", "\udcff"])
def test_an_unknown_encoding_is_named(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("What light?")
    with pytest.raises(ValueError) as caught:
        load_corpus(str(path), encoding=encoding)
    assert f"There is no encoding {encoding!r}: give" in str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "data", "message"),
    [
        (
            "utf-8",
            "caf\u00e9".encode("latin-1"),
            "not UTF-8: byte 3 is 0xe9. Save it as UTF-8",
        ),
        (
            "utf-8",
            "三四五六".encode()[:-1],
            "byte 9 is 0xe5. The rest is UTF-8: correct that place",
        ),
        (
            "utf-8",
            b"PK\x03\x04\x81\xff\x00",
            "not UTF-8: byte 4 is 0x81. Save it as UTF-8",
        ),
        (
            "utf-8",
            "What light?".encode("utf-16"),
            "not UTF-8: byte 0 is 0xff. Save it as UTF-8",
        ),
        (
            "utf-8",
            "What light?".encode("utf-16-le"),
            "byte 1 is 0x00, and so are many others, as in UTF-16",
        ),
        (
            "utf-8",
            "\ufeffö\na\0bcdefgh".encode(),
            "has a NUL .*, which no text has, at character 3: remove it",
        ),
        (
            "utf-8",
            ("\u0431\u0440\u0430\u0442 " * 12).encode("utf-16-le"),
            "byte 9 is 0x00, and so are many others, as in UTF-16 or UTF-32",
        ),
        ("utf-7", b"a+2AA-b", "is not utf-7: character 1 is one half"),
        ("ascii", "a\u00e9".encode(), "is not ascii: byte 1 is 0xc3"),
        ("utf-16", b"\xff\xfea\0b", "is not utf-16.*: byte .* is 0x62"),
    ],
)
def test_bytes_that_are_no_text_are_refused(
    encoding: str, data: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message) as caught:
        load_corpus(str(path), encoding=encoding)
    assert "own.txt" in str(caught.value)


# Training, validation and test text.


def test_the_last_tenth_is_halved(sample: str) -> None:
    train, validation, test = split_corpus(sample)
    assert train + validation + test == sample
    assert len(train) == int(len(sample) * 0.9)
    for part in (validation, test):
        assert len(part) == pytest.approx(len(sample) / 20, abs=1)
    assert split_corpus("abcd", 0.25, 0.25) == ("ab", "c", "d")


@pytest.mark.parametrize("share", [0, 1, -0.1, float("nan")])
def test_a_fraction_outside_0_to_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=r"^validation must be between 0"):
        split_corpus("abcd", validation=share)
    with pytest.raises(ValueError, match=r"^test must be between 0 and 1"):
        split_corpus("abcd", test=share)


def test_something_is_left_to_train_on() -> None:
    with pytest.raises(ValueError, match=r"0\.5 and 0\.5, leave nothing"):
        split_corpus("abcd", 0.5, 0.5)


@pytest.mark.parametrize("text", ["", "a", "ab"])
def test_a_text_too_short_to_split_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"too short to be split.* at least 3"):
        split_corpus(text)


@given(st.integers(3, 40), st.floats(0.001, 0.499), st.floats(0.001, 0.499))
def test_no_part_is_empty(length: int, validation: float, test: float) -> None:
    text = "abcdefgh" * 5
    parts = split_corpus(text[:length], validation, test)
    assert all(parts)
    assert "".join(parts) == text[:length]


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (
            "d\u00e9j\u00e0 vu \u00fb".encode("cp1252"),
            "cp1255",
            "is not cp1255: byte 8 is 0xfb",
        ),
        (b"abc \x81", "cp1252", "is not cp1252: byte 4 is 0x81"),
        ("d\u00e9j\u00e0 vu".encode(), "ascii", "is not ascii: byte 1 is 0xc3"),
        (b"a\\x", "unicode_escape", "is not unicode_escape: byte 1 is 0x5c"),
        (b"\xef\xbb\xbfab\xff\xfe", "utf-8-sig", "not UTF-8: byte 5 is 0xff"),
    ],
)
def test_a_byte_that_does_not_fit_the_given_encoding_is_named(
    tmp_path: Path, data: bytes, encoding: str, message: str
) -> None:
    path = tmp_path / "my.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message) as caught:
        load_corpus(str(path), encoding=encoding)
    sentence = str(caught.value)
    assert "The rest is" not in sentence and "charmap" not in sentence
    if "utf" not in encoding:
        assert sentence.endswith(
            "Give another encoding, or save it as UTF-8 in an editor."
        )
