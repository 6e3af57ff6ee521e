"""A learner's work as one file: from the lab in a browser to a copy of the course on a computer, or back.

pack()      makes my_course.zip: progress, attempts, and the notebooks that were changed
unpack()    takes it in, and nothing that is already there is lost
"""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tokenlab.teach import progress_file
from tokenlab.teach.progress_file import find_workspace
from tokenlab.teach.workspace import WorkspaceError, read_state, same_cells
from tokenlab.view.markup import tag

NAME = "my_course.zip"
LARGEST = 50_000_000  # bytes of a file, and of all
_OURS = re.compile(
    r"progress\.json|notebooks/[^/\\]+\.ipynb|exercises/[^/\\.][^/\\]*/([^/\\]+\.ipynb|attempts\.json)"
)
_NOT_HERE = (
    "there is no copy of the course here: start it with python lab.py, and run this in a notebook of it"
)


@dataclass(frozen=True)
class Packed:
    """What was packed: ``names`` of the files; a notebook shows a link that downloads them."""

    path: Path
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"{NAME} has {len(self.names)} of your files. Download it in the list of files (the right mouse "
            "button), put it into my_course/ of the other copy, and run there: "
            "from tokenlab.teach import unpack; unpack()"
        )

    def _repr_html_(self) -> str:
        content = base64.b64encode(self.path.read_bytes()).decode()
        link = tag("a", f"Download {NAME}", download=NAME, href=f"data:application/zip;base64,{content}")
        rest = f" ({len(self.names)} of your files). Put it into my_course/ of the other copy, and run there:"
        return tag("p", link, rest) + tag("pre", "from tokenlab.teach import unpack\nunpack()")


def pack() -> Packed:
    """Make ``my_course.zip`` in the workspace, of what the learner did there.

    Raises `WorkspaceError`, OSError.
    """
    workspace = _workspace()
    state = read_state(workspace)
    found = {}
    for path in sorted(workspace.rglob("*")):
        name = path.relative_to(workspace).as_posix()
        if _OURS.fullmatch(name) and not same_cells(path, state.get(name)):
            found[name] = path.read_bytes()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    (workspace / NAME).write_bytes(made.getvalue())
    return Packed(workspace / NAME, tuple(found))


def unpack(path: str | Path | None = None) -> None:
    """Take in a file that `pack` made, ``my_course.zip`` of this workspace unless another is named.

    Predictions, exercises and hints are added to those that are here; of an exercise that both have, the one
    with more points counts. A notebook that was changed in both lies beside yours afterwards. Says what it
    did. Raises `WorkspaceError` for a file that is none, and then nothing was changed; OSError.
    """
    workspace = _workspace()
    source = workspace / NAME if path is None else Path(path)
    files = _read(source)
    state = read_state(workspace)
    for name, content in files.items():
        if name == progress_file.FILE:
            continue
        own = workspace / name
        if own.is_file() and own.read_bytes() != content:
            if own.suffix != ".ipynb":
                print(f"{name}: yours is kept.")
                continue
            if not same_cells(own, state.get(name)):
                own = own.with_name(f"{own.stem} (from {source.stem}).ipynb")
                print(f"{name} was changed here too: the other one lies beside it.")
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_bytes(content)
    if progress_file.FILE in files:
        progress_file.add(json.loads(files[progress_file.FILE]))
    print(f"{len(files)} files were taken in. progress() shows how far you are.")


def _workspace() -> Path:
    workspace = find_workspace()
    if workspace is None:
        raise WorkspaceError(_NOT_HERE)
    return workspace


def _read(source: Path) -> dict[str, bytes]:
    """The files of an archive; those of other names are left out, and each part is understood first."""
    if not source.is_file():
        raise WorkspaceError(f"there is no {source.name} here: expected the file that pack() makes")
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if _OURS.fullmatch(entry.filename)]
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise ValueError("it is too large")
            files = {entry.filename: archive.read(entry) for entry in entries}
        parsed = {name: json.loads(content) for name, content in files.items()}
        progress_file.check(parsed.get(progress_file.FILE, {}))
    except (ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise WorkspaceError(f"{source.name} cannot be read: expected the file that pack() makes") from error
    return files
