"""Files read and files made: safe names, no half file under a final name, no change unnoticed."""

import errno
import json
import os
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallow_transfer.chunks import PartFile, Source, safe_name
from tallow_transfer.chunks.part import open_part
from tallow_transfer.exceptions import DiskError, SourceChangedError

ROWS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "transfer.json").read_text("utf-8")
)["names"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["why"])
def test_a_name_from_elsewhere_is_made_safe(row: dict[str, str]) -> None:
    assert safe_name(row["said"]) == row["safe"]


@given(st.text(max_size=400))
def test_any_name_stays_in_its_folder_and_fits(said: str) -> None:
    name = safe_name(said)

    assert name not in {"", ".", ".."}
    assert not set(name) & set("/\\\x00")
    assert len(name.encode("utf-8", "replace")) <= 200
    assert safe_name(name) == name


def test_a_source_is_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"abcdef")
    with Source(file, 4) as source:
        assert [bytes(source.read_chunk(4)), bytes(source.read_chunk(2))] == [b"abcd", b"ef"]


def test_a_source_that_grew_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"abc")
    with Source(file, 4) as source:
        file.write_bytes(b"abcd")
        with pytest.raises(SourceChangedError):
            source.check_unchanged()


def test_a_source_that_shrank_is_noticed_while_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"abc")
    with Source(file, 4) as source:
        os.truncate(file, 1)
        with pytest.raises(SourceChangedError):
            source.read_chunk(3)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_cannot_be_sent(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(DiskError):
        Source(path, 4)


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    with PartFile(tmp_path, "x.txt", 3) as part:
        part.write(memoryview(b"abc"))
        assert [path.name for path in tmp_path.iterdir()] == ["x.txt.part"]
        part.finish(1_700_000_000)

    assert (tmp_path / "x.txt").read_bytes() == b"abc"
    assert (tmp_path / "x.txt").stat().st_mtime == 1_700_000_000
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


def test_a_file_that_was_not_finished_stays_as_part(tmp_path: Path) -> None:
    with PartFile(tmp_path, "x.txt", 3) as part:
        part.write(memoryview(b"ab"))

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [
        ("x.txt.part", b"ab")
    ]


def test_an_existing_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("mine")
    with PartFile(tmp_path, "x.txt", 3) as part:
        part.write(memoryview(b"abc"))
        path = part.finish(0)

    assert path.name == "x (1).txt"
    assert (tmp_path / "x.txt").read_text() == "mine"


def test_a_file_that_appears_meanwhile_is_not_replaced_either(tmp_path: Path) -> None:
    with PartFile(tmp_path, "x.txt", 3) as part:
        part.write(memoryview(b"abc"))
        (tmp_path / "x.txt").write_text("mine")
        assert part.finish(0).name == "x (1).txt"

    assert (tmp_path / "x.txt").read_text() == "mine"


def test_two_that_arrive_under_one_name_do_not_mix(tmp_path: Path) -> None:
    with PartFile(tmp_path, "x.txt", 3) as one, PartFile(tmp_path, "x.txt", 3) as other:
        one.write(memoryview(b"one"))
        other.write(memoryview(b"two"))
        paths = [one.finish(0), other.finish(0)]

    assert [path.read_bytes() for path in paths] == [b"one", b"two"]


def test_a_part_is_not_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "x.txt.part").symlink_to(victim)

    with pytest.raises(DiskError):
        PartFile(tmp_path, "x.txt", 3)
    assert victim.read_text() == "mine"


def test_a_size_that_does_not_fit_is_refused_before_a_byte(tmp_path: Path) -> None:
    with pytest.raises(DiskError) as caught:
        PartFile(tmp_path, "x.txt", 2**60)

    assert caught.value.code == "disk"
    assert list(tmp_path.iterdir()) == []


class FullDisk:
    """A file on a disk with room for three bytes more."""

    def __init__(self, real: IO[bytes]) -> None:
        self._real = real
        self._left = 3

    def write(self, data: memoryview) -> int:
        if self._left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = self._real.write(data[: self._left])
        self._left -= taken
        return taken

    def close(self) -> None:
        self._real.close()


def test_a_disk_that_fills_up_leaves_the_part(tmp_path: Path) -> None:
    def on_a_full_disk(path: Path) -> IO[bytes]:
        return FullDisk(open_part(path))  # type: ignore[return-value]  # what PartFile uses of it

    part = PartFile(tmp_path, "x.txt", 5, on_a_full_disk)
    with part, pytest.raises(DiskError) as caught:
        part.write(memoryview(b"abcde"))

    assert caught.value.code == "disk"
    assert (tmp_path / "x.txt.part").read_bytes() == b"abc"
    assert not (tmp_path / "x.txt").exists()
