"""The text: the embedded play, the download, a file of one's own."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from textgen_helpers import corpus, load_corpus, split_corpus

ALPHABET = "\n !$&',-.3:;?" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET += "abcdefghijklmnopqrstuvwxyz"


def speeches(text: str) -> list[tuple[str, list[str]]]:
    """Return (speaker, lines) of a text in the corpus's layout."""
    blocks = [block.split("\n") for block in text.rstrip("\n").split("\n\n")]
    return [(block[0], block[1:]) for block in blocks]


def test_the_play_has_the_alphabet_of_shakespeare(sample: str) -> None:
    counts = Counter(sample)
    assert "".join(sorted(counts)) == ALPHABET
    assert min(counts.values()) >= 2


def test_the_play_has_size_and_layout(sample: str) -> None:
    assert 100_000 <= len(sample) <= 150_000
    assert sample.startswith("First Citizen:\n")
    assert sample.endswith("\n") and not sample.endswith("\n\n")
    names = {speaker for speaker, _ in speeches(sample)}
    for speaker, lines in speeches(sample):
        assert not names & set(lines), f"an empty line is missing: {lines}"
        assert re.fullmatch(r"[A-Z][A-Za-z ]*:", speaker), speaker
        assert lines, f"{speaker} says nothing"
        for line in lines:
            assert line and line == line.strip() and len(line) <= 70, line


def test_the_play_has_five_acts_and_many_speakers(sample: str) -> None:
    names = [speaker for speaker, _ in speeches(sample)]
    assert len(set(names)) >= 12
    # The Chorus opens acts two to five, and speaks the epilogue.
    acts = [i for i, name in enumerate(names) if name == "Chorus:"]
    assert len(acts) == 5 and acts[-1] == len(names) - 1
    starts = [0, *acts]
    for begin, end in pairwise(starts):
        assert end - begin > 100


def test_the_play_has_verse_and_prose(sample: str) -> None:
    verse = prose = 0
    for _, lines in speeches(sample):
        if len(lines) >= 3:
            capitals = sum(line.lstrip("'-")[0].isupper() for line in lines)
            verse += capitals == len(lines)
            prose += capitals <= len(lines) / 2
    assert verse > 100 and prose > 100


def test_no_line_of_the_play_is_repeated(sample: str) -> None:
    lines = Counter(line for line in sample.split("\n") if len(line) >= 20)
    assert lines.most_common(1)[0][1] == 1


def test_the_play_is_no_copy(sample: str, shakespeare_path: Path) -> None:
    original = load_corpus(str(shakespeare_path))
    runs = {original[i : i + 60] for i in range(len(original) - 59)}
    shared = [i for i in range(len(sample) - 59) if sample[i : i + 60] in runs]
    assert not shared


def test_the_full_corpus_is_the_lesson_s(
    shakespeare_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "DATA_DIR", shakespeare_path.parent)
    text = load_corpus("shakespeare")
    assert len(text) == 1_115_394
    assert "".join(sorted(set(text))) == ALPHABET


def test_max_chars_cuts_off(sample: str) -> None:
    assert load_corpus("sample", max_chars=100) == sample[:100]
    with pytest.raises(ValueError, match="max_chars must be at least 1"):
        load_corpus("sample", max_chars=0)


def test_a_file_of_one_s_own(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes("\ufeffOne\r\ntwo\r\u4e09\n".encode())
    assert load_corpus(str(path)) == "One\ntwo\n\u4e09\n"


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no text file 'nowhere\.txt'"):
        load_corpus("nowhere.txt")


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("caf\u00e9".encode("latin-1"))
    with pytest.raises(ValueError, match="not UTF-8: byte 3 is 0xe9"):
        load_corpus(str(path))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16", "What light?\n"),
        ("gb18030", "床前明月光，疑是地上霜。"),
        ("big5", "床前明月光，疑是地上霜。"),
        ("cp932", "吾輩は猫である。名前はまだ無い。"),
        ("cp949", "나는 학교에 갑니다. 이것은 책이다."),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
        ("cp1251", "Мороз и солнце; день чудесный!"),
        ("cp1252", "Größe und Maß, à peine couché"),
        ("cp1252", "en flicka som bodde på en ö långt ute i havet"),
        ("cp1253", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι"),
    ],
)
def test_the_encoding_is_guessed_and_converted(
    encoding: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.txt"
    path.write_text(text, encoding)
    with pytest.raises(ValueError, match=f"looks like {encoding}; ") as caught:
        load_corpus(str(path))
    program = re.search('python -c "(.*)"$', str(caught.value))
    exec(program[1], {})
    assert load_corpus(str(tmp_path / "own-utf8.txt")) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("\ufeffö\na\0bc".encode(), "byte 7 is 0x00. The rest is UTF-8: mend"),
        ("三四五六".encode()[:-1], "byte 9 is 0xe5. The rest is UTF-8: mend"),
        (b"PK\x03\x04\x81\xff\x00", "byte 4 is 0x81. Save it as plain text"),
        (b"\xff\xfe", "byte 0 is 0xff. Save it as plain text"),
    ],
)
def test_other_bytes_are_not_taken_for_a_text(
    data: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message):
        load_corpus(str(path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    with pytest.raises(ValueError, match="is empty"):
        load_corpus(str(path))


def test_the_last_part_is_held_out(sample: str) -> None:
    train, held_out = split_corpus(sample)
    assert train + held_out == sample
    assert len(held_out) == pytest.approx(len(sample) / 10, abs=1)
    assert split_corpus("abcd", 0.25) == ("abc", "d")


@pytest.mark.parametrize("held_out", [0, 1, -0.1, float("nan")])
def test_a_wrong_part_is_refused(held_out: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_corpus("abcd", held_out)


@pytest.mark.parametrize("text", ["", "a"])
def test_a_text_too_short_to_split_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"too short to be split.* at least 2"):
        split_corpus(text)


@pytest.mark.parametrize("held_out", [0.01, 0.5, 0.99])
def test_no_part_stays_empty(held_out: float) -> None:
    assert split_corpus("ab", held_out) == ("a", "b")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the download come from a small file of this machine."""
    path = tmp_path / "source.txt"
    path.write_text("To write, or not to write.\n")
    digest = corpus.hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(corpus, "SHAKESPEARE_URL", path.as_uri())
    monkeypatch.setattr(corpus, "SHAKESPEARE_SHA256", digest)
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setattr(corpus, "DATA_DIR", data)
    return path


def test_the_download_arrives_once(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_corpus("shakespeare") == source.read_text()
    assert "Downloading" in capsys.readouterr().out
    assert [p.name for p in corpus.DATA_DIR.iterdir()] == ["shakespeare.txt"]
    source.unlink()
    assert load_corpus("shakespeare")
    assert capsys.readouterr().out == ""


def test_a_damaged_download_is_fetched_again(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus.DATA_DIR / "shakespeare.txt").write_text("To wri")
    assert load_corpus("shakespeare") == source.read_text()
    assert "damaged or incomplete" in capsys.readouterr().out


def test_a_download_does_not_wait_for_ever(source, monkeypatch) -> None:
    seen = []

    def get_file(*_: object, **__: object) -> None:
        seen.append(corpus.socket.getdefaulttimeout())
        raise OSError("silence")

    monkeypatch.setattr(corpus.keras.utils, "get_file", get_file)
    with pytest.raises(OSError, match="silence"):
        load_corpus("shakespeare")
    assert seen == [20]
    assert corpus.socket.getdefaulttimeout() is None


def test_without_network_two_ways_on_are_named(source: Path) -> None:
    source.unlink()
    with pytest.raises(OSError, match=r"load_corpus\('sample'\).*browser"):
        load_corpus("shakespeare")
    assert not list(corpus.DATA_DIR.iterdir())


def test_another_file_at_the_address_is_refused(source: Path) -> None:
    source.write_text("Something else.\n")
    with pytest.raises(OSError, match="could not be downloaded"):
        load_corpus("shakespeare")
    assert not (corpus.DATA_DIR / "shakespeare.txt").exists()
