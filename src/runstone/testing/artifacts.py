"""What every store of files must do, as tests that a store's own test module runs.

Example::

    from runstone.testing.artifacts import ArtifactRepositoryCases

    class TestMyRepository(ArtifactRepositoryCases):
        @pytest.fixture
        def repository(self, tmp_path):
            return MyRepository(tmp_path)

The fixture gives a new, empty store to each test. Cases are added with minor versions of Runstone: pin the version that
your store is tested with.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from runstone.artifacts.base import CHUNK, ArtifactRepository
from runstone.entities import ArtifactPath, FileInfo
from runstone.errors import ArtifactNotFound, InvalidValue

NAMES = ["a.txt", "deep/er/and/deeper/a.txt", "with space & #?+.txt", "100%.txt", "Grüße/Ω/文.txt", "-rf", ".hidden"]


def content(repository: ArtifactRepository, path: str) -> bytes:
    """The bytes of a file."""
    return b"".join(repository.read(ArtifactPath(path)))


def broken_off() -> Iterator[bytes]:
    """Pieces of a file whose source fails."""
    yield b"half"
    yield b"of"
    raise RuntimeError("the source failed")


class ArtifactRepositoryCases:
    """All that ``ArtifactRepository`` says, a sentence a case. Subclass it and provide the fixture ``repository``.

    Attributes:
        records_hashes: Whether the store records the hash of each file; set it to ``False`` for one that cannot.
    """

    records_hashes = True

    def recorded(self, sha256: str) -> set[str | None]:
        """What a file's hash may be told as."""
        return {sha256} if self.records_hashes else {sha256, None}

    @pytest.mark.parametrize("name", NAMES)
    def test_file_is_read_as_it_was_written(self, repository: ArtifactRepository, name: str) -> None:
        repository.write(ArtifactPath(name), [b"one ", b"two"])

        assert content(repository, name) == b"one two"

    def test_empty_file_is_kept(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("empty"), [])

        assert content(repository, "empty") == b""
        assert repository.info(ArtifactPath("empty")).size == 0

    def test_large_file_comes_in_pieces_of_at_most_1_mib(self, repository: ArtifactRepository) -> None:
        piece = bytes(range(256)) * 4096
        repository.write(ArtifactPath("large"), (piece for _ in range(3)))

        pieces = list(repository.read(ArtifactPath("large")))

        assert max(map(len, pieces)) <= CHUNK
        assert b"".join(pieces) == piece * 3

    @pytest.mark.parametrize(("start", "stop"), [(0, 4), (3, 7), (4, None), (8, 99), (10, None), (99, None), (5, 5)])
    def test_part_of_a_file_can_be_read(self, repository: ArtifactRepository, start: int, stop: int | None) -> None:
        repository.write(ArtifactPath("digits"), [b"0123456789"])

        found = b"".join(repository.read(ArtifactPath("digits"), start=start, stop=stop))

        assert found == b"0123456789"[start:stop]

    def test_file_that_is_not_read_to_its_end_disturbs_nothing(self, repository: ArtifactRepository) -> None:
        piece = bytes(range(256)) * 4096
        repository.write(ArtifactPath("large"), (piece for _ in range(8)))

        for _ in range(3):
            assert next(iter(repository.read(ArtifactPath("large"))))[:256] == piece[:256]
            assert b"".join(repository.read(ArtifactPath("large"), start=2, stop=5)) == piece[2:5]

        assert content(repository, "large") == piece * 8

    def test_hash_of_what_was_written_is_told_with_it(self, repository: ArtifactRepository) -> None:
        expected = hashlib.sha256(b"one two").hexdigest()

        written = repository.write(ArtifactPath("a"), [b"one ", b"two"])
        repository.write(ArtifactPath("a"), [b"another"])
        repository.write(ArtifactPath("a"), [b"one ", b"two"])

        assert written == expected
        with closing(repository.read(ArtifactPath("a"))) as whole:
            assert whole.sha256 in self.recorded(expected)
        with closing(repository.read(ArtifactPath("a"), start=2, stop=4)) as part:
            assert part.sha256 in self.recorded(expected)

    def test_writing_again_replaces_the_file(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("a"), [b"the former, which is longer"])

        repository.write(ArtifactPath("a"), [b"new"])

        assert content(repository, "a") == b"new"

    def test_write_whose_source_fails_changes_nothing(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("a"), [b"former"])

        with pytest.raises(RuntimeError, match="the source failed"):
            repository.write(ArtifactPath("a"), broken_off())
        with pytest.raises(RuntimeError, match="the source failed"):
            repository.write(ArtifactPath("new/b"), broken_off())

        assert content(repository, "a") == b"former"
        assert [file.path for file in repository.list()] == ["a"]

    def test_file_has_a_length_and_a_folder_has_none(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("deep/a.txt"), [b"12345"])

        assert repository.info(ArtifactPath("deep/a.txt")) == FileInfo(path="deep/a.txt", is_dir=False, size=5)
        assert repository.info(ArtifactPath("deep")) == FileInfo(path="deep", is_dir=True)
        assert repository.info(ArtifactPath()).is_dir

    def test_folder_is_listed_by_path_relative_to_the_root(self, repository: ArtifactRepository) -> None:
        for name in ["b/2", "b/1/x", "a", "c"]:
            repository.write(ArtifactPath(name), [b"."])

        assert [(file.path, file.is_dir) for file in repository.list()] == [("a", False), ("b", True), ("c", False)]
        assert [(file.path, file.is_dir) for file in repository.list(ArtifactPath("b"))] == [
            ("b/1", True),
            ("b/2", False),
        ]

    def test_folder_that_is_not_there_is_empty(self, repository: ArtifactRepository) -> None:
        assert repository.list() == []
        assert repository.list(ArtifactPath("no/such")) == []

    def test_list_of_a_file_is_empty(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("a"), [b"."])

        assert repository.list(ArtifactPath("a")) == []

    @pytest.mark.parametrize("path", ["no", "no/such", "a/beyond"])
    def test_what_is_not_there_is_not_found(self, repository: ArtifactRepository, path: str) -> None:
        repository.write(ArtifactPath("a"), [b"."])

        with pytest.raises(ArtifactNotFound):
            repository.read(ArtifactPath(path))
        with pytest.raises(ArtifactNotFound):
            repository.info(ArtifactPath(path))
        with pytest.raises(ArtifactNotFound):
            repository.delete(ArtifactPath(path))

    @pytest.mark.parametrize("path", ["", "folder"])
    def test_folder_cannot_be_read_as_a_file(self, repository: ArtifactRepository, path: str) -> None:
        repository.write(ArtifactPath("folder/a"), [b"."])

        with pytest.raises(ArtifactNotFound):
            repository.read(ArtifactPath(path))

    @pytest.mark.parametrize("path", ["", "folder", "folder/a/b", "folder/a/b/c"])
    def test_file_cannot_be_written_over_a_folder_or_through_a_file(
        self, repository: ArtifactRepository, path: str
    ) -> None:
        repository.write(ArtifactPath("folder/a"), [b"."])

        with pytest.raises(InvalidValue):
            repository.write(ArtifactPath(path), [b"x"])

        assert content(repository, "folder/a") == b"."

    def test_deleted_file_is_gone_and_its_neighbour_stays(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("folder/a"), [b"."])
        repository.write(ArtifactPath("folder/b"), [b"."])

        repository.delete(ArtifactPath("folder/a"))

        assert [file.path for file in repository.list(ArtifactPath("folder"))] == ["folder/b"]

    def test_deleted_folder_is_gone_with_all_in_it(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("folder/deep/a"), [b"."])
        repository.write(ArtifactPath("folder-2/a"), [b"."])

        repository.delete(ArtifactPath("folder"))

        assert [file.path for file in repository.list()] == ["folder-2"]
        assert repository.list(ArtifactPath("folder/deep")) == []

    def test_name_is_found_in_either_unicode_form(self, repository: ArtifactRepository) -> None:
        repository.write(ArtifactPath("u\u0308.txt"), [b"."])

        assert content(repository, "\u00fc.txt") == b"."
        assert [file.path for file in repository.list()] == ["\u00fc.txt"]

    def test_reader_sees_a_whole_file_while_it_is_replaced(self, repository: ArtifactRepository) -> None:
        bodies = {letter * 200_000 for letter in (b"a", b"b")}
        repository.write(ArtifactPath("f"), [b"a" * 200_000])
        seen: set[bytes] = set()
        ended = threading.Event()

        def read() -> None:
            while not ended.is_set():
                seen.add(content(repository, "f"))

        reader = threading.Thread(target=read)
        reader.start()
        for body in [*bodies] * 10:
            repository.write(ArtifactPath("f"), [body[:100_000], body[100_000:]])
        ended.set()
        reader.join()

        assert seen <= bodies

    def test_many_threads_may_write_into_one_new_folder(self, repository: ArtifactRepository) -> None:
        threads = [
            threading.Thread(target=repository.write, args=(ArtifactPath(f"new/deep/{number}"), [b"."]))
            for number in range(16)
        ]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(repository.list(ArtifactPath("new/deep"))) == 16
