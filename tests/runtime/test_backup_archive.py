"""Unpacking restores every file, or refuses the archive; it never writes outside its folder."""

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from monitor.errors import BackupError
from monitor.runtime.backup_archive import ALWAYS_UNPACKED, MANIFEST, Manifest, unpack
from tests.builders.databases import NOW

DESCRIBED = Manifest("0.1.0", NOW.isoformat(), 0, "monitor.db")
FILES = {"config.toml": b"[monitor]\n", "rules/deal/soy.yaml": "id: soy # 大豆\n".encode(), "monitor.db": bytes(50_000)}


def packed(*members: tarfile.TarInfo | str) -> bytes:
    """An archive with these additional empty members."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in {MANIFEST: json.dumps(asdict(DESCRIBED)).encode(), **FILES}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for member in members:
            tar.addfile(tarfile.TarInfo(member) if isinstance(member, str) else member)
    return stream.getvalue()


def foreign() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("README"))
    return stream.getvalue()


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[bytes], str]:
    """The error for an archive of these bytes; nothing is written outside the folder."""

    def error_for(content: bytes) -> str:
        archive, inner = tmp_path / "a.tar.gz", tmp_path / "deep" / "inner"
        archive.write_bytes(content)
        inner.mkdir(parents=True)
        with pytest.raises(BackupError) as refused:
            unpack(archive, inner)
        assert {path.name for path in tmp_path.iterdir()} == {"a.tar.gz", "deep"}
        assert {path.name for path in (tmp_path / "deep").iterdir()} == {"inner"}
        return str(refused.value)

    return error_for


def test_files_are_restored_unchanged(tmp_path: Path) -> None:
    archive, folder = tmp_path / "a.tar.gz", tmp_path / "out"
    archive.write_bytes(packed())
    folder.mkdir()
    assert unpack(archive, folder) == DESCRIBED
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert found == FILES


WHOLE = packed()


@pytest.mark.parametrize(
    "content",
    [
        *(WHOLE[:size] for size in (0, 5, 60, 200)),
        WHOLE[:-9],
        WHOLE[:-8] + bytes([WHOLE[-8] ^ 1]) + WHOLE[-7:],
        WHOLE[: len(WHOLE) // 2] + bytes([WHOLE[len(WHOLE) // 2] ^ 1]) + WHOLE[len(WHOLE) // 2 + 1 :],
        b"not an archive" * 50,
        gzip.compress(b"plain text" * 100, mtime=0),
        foreign(),
    ],
    ids=range(10),
)
def test_a_damaged_or_foreign_archive_is_refused(refusal: Callable[[bytes], str], content: bytes) -> None:
    assert "a.tar.gz" in refusal(content)


@pytest.mark.parametrize(
    "member",
    [
        "../outside",
        "/tmp/outside-of-deal-monitor",
        "rules/../../outside",
        link("rules/a", tarfile.SYMTYPE, "/etc/passwd"),
        link("rules/a", tarfile.SYMTYPE, "../../.."),
        link("rules/a", tarfile.LNKTYPE, "config.toml"),
        link("rules/pipe", tarfile.FIFOTYPE, ""),
        link("rules", tarfile.DIRTYPE, ""),
    ],
    ids=lambda member: member if isinstance(member, str) else f"{member.name} of type {member.type.decode()}",
)
def test_only_plain_files_inside_the_folder_are_accepted(
    refusal: Callable[[bytes], str], member: tarfile.TarInfo | str
) -> None:
    assert "is refused" in refusal(packed(member))


def test_an_archive_that_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path) -> None:
    zeros, archive, folder = tmp_path / "zeros", tmp_path / "a.tar.gz", tmp_path / "out"
    folder.mkdir()
    with zeros.open("wb") as file:
        file.truncate(ALWAYS_UNPACKED)
    (tmp_path / MANIFEST).write_text(json.dumps(asdict(DESCRIBED)), encoding="utf-8")
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(tmp_path / MANIFEST, MANIFEST)
        tar.add(zeros, "monitor.db")
    with pytest.raises(BackupError, match="over 50 times its size"):
        unpack(archive, folder)


def test_a_file_with_holes_is_refused(refusal: Callable[[bytes], str]) -> None:
    sparse = tarfile.TarInfo("monitor.db-more")
    sparse.type, sparse.pax_headers = tarfile.REGTYPE, {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(10**12)}
    assert "is refused" in refusal(packed(sparse))
