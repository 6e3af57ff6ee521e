"""Wheels for the browser that nobody offers: made of what is installed here, or of nothing.

A package whose compiled part only makes it faster (PyYAML, MarkupSafe) runs there without that part.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath

_PURE = "Wheel-Version: 1.0\nGenerator: tokenlab\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_COMPILED = (".so", ".pyd", ".pyc", ".c", ".h")
_OF_THE_INSTALLER = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "WHEEL")


def installed_wheel(folder: Path, name: str) -> Path:
    """The installed package of this name as a wheel for any machine: its files without what is compiled.

    Raises `importlib.metadata.PackageNotFoundError`, OSError.
    """
    package = metadata.distribution(name)
    files = {}
    for file in package.files or []:
        inside = not file.is_absolute() and ".." not in file.parts
        theirs = file.parent.name.endswith(".dist-info") and file.name in _OF_THE_INSTALLER
        if inside and not theirs and file.suffix not in _COMPILED:
            files[file.as_posix()] = Path(str(file.locate())).read_bytes()
    [about] = {PurePosixPath(path).parts[0] for path in files if path.endswith(".dist-info/METADATA")}
    return _write(folder, about, files)


def empty_wheel(folder: Path, name: str) -> Path:
    """A package without content, for one that others ask for and the course does without. Raises OSError."""
    about = f"{name}-0.0.0.dist-info"
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.0\n"
    return _write(folder, about, {f"{about}/METADATA": text.encode(), f"without_{name}.py": b""})


def _write(folder: Path, about: str, files: dict[str, bytes]) -> Path:
    """The same bytes from the same files: nothing of the day or the machine."""
    files = files | {f"{about}/WHEEL": _PURE.encode()}
    rows = [record_row(path, content) for path, content in sorted(files.items())]
    files[f"{about}/RECORD"] = "".join([*rows, f"{about}/RECORD,,\n"]).encode()
    made = folder / f"{about.removesuffix('.dist-info')}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return made


def record_row(path: str, content: bytes) -> str:
    """A file's row in a wheel's RECORD: its name, SHA-256 in base64 without padding, and size in bytes."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"
