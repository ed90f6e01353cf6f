"""Copies of files stay within their room."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from coaching.adapters.search.file_cache import FileCache


def bytes_of(count: int) -> Iterator[bytes]:
    yield b"x" * count


def test_fetches_a_file_once(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "new", 100)
    first = cache.get("a", lambda: bytes_of(3))
    assert cache.get("a", lambda: bytes_of(9)) == first
    assert first.read_bytes() == b"xxx"


def test_those_used_longest_ago_go_first(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 100)
    for age, name in enumerate("abc"):
        cache.get(name, lambda: bytes_of(40))
        os.utime(tmp_path / name, (age, age))
    cache.get("a", lambda: bytes_of(40))
    cache.evict(())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c"]


def test_what_is_wanted_now_stays_even_where_there_is_too_little_room(tmp_path: Path) -> None:
    cache = FileCache(tmp_path, 10)
    paths = [cache.get(name, lambda: bytes_of(40)) for name in "ab"]
    cache.get("c", lambda: bytes_of(1))
    cache.evict(paths)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_an_unfinished_file_is_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        FileCache(tmp_path, 100).get("a", broken)
    assert list(tmp_path.iterdir()) == []


def test_there_is_nothing_to_evict_from_a_folder_that_is_not_there(tmp_path: Path) -> None:
    FileCache(tmp_path / "none", 1).evict(())
