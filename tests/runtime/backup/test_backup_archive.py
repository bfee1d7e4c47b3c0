"""An archive is unpacked whole, or refused in words that say why; it never writes outside its folder."""

from __future__ import annotations

import errno
import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import BackupError
from monitor.runtime.backup.archive import FORMAT, ArchiveWriter, Manifest, archive_errors, unpack
from tests.builders.databases import NOW

MANIFEST = Manifest(
    FORMAT, "0.1.0", "0006", NOW.isoformat(), secrets=False, counts={"story": 2}, statuses={}, waiting=0
)
FILES = {"config.toml": b"[monitor]\n", "rules/deal/soy.yaml": "id: soy # 大豆\n".encode(), "monitor.db": bytes(50_000)}


def packed(files: dict[str, bytes] = FILES, manifest: Manifest = MANIFEST) -> bytes:
    """An archive of these files."""
    stream = io.BytesIO()
    writer = ArchiveWriter(stream, manifest)
    for name, content in files.items():
        writer.add_bytes(name, content)
    writer.finish()
    return stream.getvalue()


def foreign(*members: tarfile.TarInfo | str, begins: bool = True) -> bytes:
    """An archive that another program could have made, after a manifest of ours."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        if begins:
            with tarfile.open(fileobj=io.BytesIO(packed())) as ours:
                first = ours.next()
                assert first is not None
                tar.addfile(first, ours.extractfile(first))
        for member in members:
            tar.addfile(tarfile.TarInfo(member) if isinstance(member, str) else member)
    return stream.getvalue()


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[bytes], str]:
    """What is said of an archive with these bytes; nothing of it is found outside its folder."""

    def said(content: bytes) -> str:
        archive, inner = tmp_path / "a.tar.gz", tmp_path / "deep" / "inner"
        archive.write_bytes(content)
        inner.mkdir(parents=True)
        with pytest.raises(BackupError) as refused:
            unpack(archive, inner)
        assert {path.name for path in tmp_path.iterdir()} == {"a.tar.gz", "deep"}
        assert {path.name for path in (tmp_path / "deep").iterdir()} == {"inner"}
        return str(refused.value)

    return said


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    archive, folder = tmp_path / "a.tar.gz", tmp_path / "out"
    archive.write_bytes(packed())
    folder.mkdir()
    assert unpack(archive, folder) == MANIFEST
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert found == FILES


@pytest.mark.parametrize("rest", [0, 5, 60, 200, 400])
def test_an_archive_that_was_cut_off_is_refused(refusal: Callable[[bytes], str], rest: int) -> None:
    assert "a.tar.gz" in refusal(packed()[:rest])


def test_an_archive_without_its_end_is_refused_though_it_is_a_whole_tar(refusal: Callable[[bytes], str]) -> None:
    assert "is cut off: its end is missing" in refusal(foreign("config.toml"))


def test_a_changed_file_is_named(refusal: Callable[[bytes], str]) -> None:
    plain = gzip.decompress(packed()).replace(b"[monitor]\n", b"[monitxr]\n")
    assert "damaged: config.toml is not what was backed up. Use another backup" in refusal(gzip.compress(plain))


def test_a_bit_that_fell_over_is_noticed(refusal: Callable[[bytes], str]) -> None:
    content = bytearray(packed())
    content[len(content) // 2] ^= 1
    assert "Use another backup" in refusal(bytes(content))


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive at all" * 50, gzip.compress(b"plain text" * 100, mtime=0)],
    ids=["empty", "text", "packed text"],
)
def test_what_is_no_archive_is_refused(refusal: Callable[[bytes], str], content: bytes) -> None:
    assert "a.tar.gz" in refusal(content)


def test_a_foreign_archive_is_refused_at_its_first_file(refusal: Callable[[bytes], str]) -> None:
    assert "is not an archive that `deal-monitor backup` made" in refusal(foreign("README", begins=False))


@pytest.mark.parametrize(
    "member",
    [
        "../outside",
        "/tmp/outside-of-deal-monitor",
        "rules/../../outside",
        "./config.toml",
        link("rules/a", tarfile.SYMTYPE, "/etc/passwd"),
        link("rules/a", tarfile.SYMTYPE, "../../.."),
        link("rules/a", tarfile.LNKTYPE, "config.toml"),
        link("rules/pipe", tarfile.FIFOTYPE, ""),
        link("rules", tarfile.DIRTYPE, ""),
    ],
    ids=lambda member: member if isinstance(member, str) else f"{member.name} of type {member.type.decode()}",
)
def test_what_is_no_plain_file_below_the_folder_is_refused(
    refusal: Callable[[bytes], str], member: tarfile.TarInfo | str
) -> None:
    assert "is refused" in refusal(foreign(member))


def test_a_file_that_comes_twice_is_refused(refusal: Callable[[bytes], str]) -> None:
    assert "twice" in refusal(foreign("config.toml", "config.toml"))


def test_a_newer_form_is_refused_with_a_remedy(refusal: Callable[[bytes], str]) -> None:
    newer = Manifest(FORMAT + 1, "9.0", "0099", NOW.isoformat(), secrets=False, counts={}, statuses={}, waiting=0)
    assert "newer form (2, ours is 1): install a newer version" in refusal(packed(manifest=newer))


def test_a_full_disk_is_no_damaged_archive(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    with (
        pytest.raises(BackupError, match=r"no room to unpack .*a\.tar\.gz: free some space"),
        archive_errors(tmp_path / "a.tar.gz"),
    ):
        raise full
