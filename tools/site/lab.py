"""The lab: JupyterLite with the course in it. Python runs in the reader's browser; nothing is sent anywhere.

Python itself comes from the npm package ``pyodide``, what runs on it as wheels that ``browser.lock`` names
with their hashes, the course as a wheel made here. All of it lies beside the pages.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
from pyodide_lock import PyodideLockSpec
from pyodide_lock.spec import InfoSpec
from pyodide_lock.utils import add_wheels_to_spec

from tokenlab.teach import workspace
from tools.site.wheels import empty_wheel, installed_wheel

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "lab"
PYODIDE = "314.0.6"  # what jupyterlite-pyodide-kernel 0.8.6 expects
PYODIDE_SHA512 = "BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tFxSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ=="
BROWSER_PYTHON = "3.14"
# Others ask for them, and nothing here needs them. Without jedi, IPython starts sooner and still completes.
LEFT_OUT = ("jedi", "jupyterlab_widgets")
# The library for Sigma rules, with what it loads; of the rest that it asks for it does here without.
SIGMA = (
    "pysigma",
    "pysigma-backend-elasticsearch",
    "pysigma-backend-kusto",
    "pysigma-backend-splunk",
    "pysigma-backend-sqlite",
    "jinja2",
    "markupsafe",
    "pyparsing",
    "pyyaml",
)
# Of JupyterLab's extensions, the ones that lessons need: not the teachers' pages.
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension", "anywidget")


class SiteError(Exception):
    """The site cannot be made; the text says why."""


def make_lab(build: Path, out: Path) -> None:
    """Make the lab in the folder ``out``, with ``build`` for what is kept between runs.

    Raises `SiteError`, OSError, subprocess.CalledProcessError.
    """
    lite = build / "lite"
    shutil.rmtree(lite, ignore_errors=True)
    _put_pyodide(build, lite / "static" / "pyodide")
    _put_course(lite / "files")
    for name in ("jupyter-lite.json", "overrides.json"):
        shutil.copy(HERE / name, lite / name)
    settings = json.loads((HERE / "jupyter_lite_config.json").read_text(encoding="utf-8"))
    extensions = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    settings["LiteBuildConfig"]["federated_extensions"] = [str(extensions / name) for name in EXTENSIONS]
    (lite / "jupyter_lite_config.json").write_text(json.dumps(settings), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--pyodide", "static/pyodide"]
    run([*command, f"--output-dir={out}", f"--LiteBuildConfig.cache_dir={build / 'cache'}"], lite)
    page = out / "lab" / "index.html"
    script = f"<script>\n{(HERE / 'narrow.js').read_text(encoding='utf-8')}</script>\n</body>"
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", script), encoding="utf-8")
    for path in (out / "build").glob("fa-*"):  # each font in five forms; browsers of today take woff2
        if path.suffix in (".svg", ".eot", ".ttf", ".woff"):
            path.unlink()


def _put_course(files: Path) -> None:
    """A learner's copies, as the workspace on a machine of one's own has them."""
    workspace.update(ROOT, files)
    for path in files.glob("*/**/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.metadata["trusted"] = True
        nbformat.write(notebook, path)


def _put_pyodide(build: Path, folder: Path) -> None:
    """Python for the browser, and a lock that names the wheels beside it and nothing else."""
    package = _fetch_pyodide(build)
    with tarfile.open(package) as archive:
        archive.extractall(folder.parent, filter="data")
    (folder.parent / "package").rename(folder)
    for path in folder.glob("*"):
        if path.suffix in (".map", ".ts", ".html"):
            path.unlink()
    wheels = [
        *_fetch_wheels(build),
        *_kernel_wheels(),
        _make_wheel(build),
        *(empty_wheel(build, name) for name in LEFT_OUT),
        *(installed_wheel(build, name) for name in SIGMA),
    ]
    for wheel in wheels:
        shutil.copy(wheel, folder / wheel.name)
    lock = folder / "pyodide-lock.json"
    about = json.loads(lock.read_text(encoding="utf-8"))["info"]
    # The library for Python 3.11 wants a version, which later locks do not have.
    empty = PyodideLockSpec(info=InfoSpec(version=PYODIDE, **about), packages={})
    there = [folder / wheel.name for wheel in wheels]
    spec = add_wheels_to_spec(empty, there, ignore_missing_dependencies=True)
    _load_sigma_late(spec)
    run(["node", str(HERE / "compile_wheels.mjs"), str(folder)], ROOT)
    for entry in spec.packages.values():
        entry.sha256 = hashlib.sha256((folder / entry.file_name).read_bytes()).hexdigest()
    made = {"info": about, "packages": spec.model_dump(mode="json")["packages"]}
    lock.write_text(json.dumps(made, indent=1, sort_keys=True), encoding="utf-8")


def _load_sigma_late(spec: PyodideLockSpec) -> None:
    """The cell that imports `tokenlab.detect` fetches the library; nobody else waits for it."""
    for name in SIGMA:
        asked = spec.packages[name]
        asked.depends = [other for other in asked.depends if other in spec.packages]
    library = spec.packages[SIGMA[0]]
    library.imports = ["sigma", "tokenlab.detect"]
    library.depends = sorted({*library.depends, *SIGMA[1:]})
    for backend in SIGMA:
        if backend.startswith(f"{SIGMA[0]}-"):  # they ask for the library, which asks for them
            spec.packages[backend].depends = []
            spec.packages[backend].imports = []


def _fetch_pyodide(build: Path) -> Path:
    package = build / f"pyodide-{PYODIDE}.tgz"
    if not package.is_file():
        if not shutil.which("npm"):
            raise SiteError(
                "the lab needs Node's npm, once, to fetch Python for the browser. Install Node.js."
            )
        run(["npm", "pack", "--silent", f"pyodide@{PYODIDE}"], build)
    found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != PYODIDE_SHA512:
        package.unlink()
        raise SiteError(f"{package.name} is not the file that is expected here, so it was thrown away.")
    return package


def _fetch_wheels(build: Path) -> list[Path]:
    lock, folder = HERE / "browser.lock", build / "wheels"
    stamp = folder / "made-from.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != digest:
        shutil.rmtree(folder, ignore_errors=True)
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--platform=any"]
        options += [f"--python-version={BROWSER_PYTHON}", "--implementation=py", "--abi=none"]
        run([sys.executable, "-m", "pip", "download", *options, "-d", str(folder), "-r", str(lock)], ROOT)
        stamp.write_text(digest, encoding="ascii")
    return sorted(folder.glob("*.whl"))


def _kernel_wheels() -> list[Path]:
    """What the kernel's own package brings along for Python in the browser."""
    wanted = ("ipykernel-", "piplite-", "pyodide_kernel-", "widgetsnbextension-4")
    files = metadata.files("jupyterlite-pyodide-kernel") or []
    return [
        Path(str(file.locate())).resolve()
        for file in files
        if file.suffix == ".whl" and file.name.startswith(wanted)
    ]


def _make_wheel(build: Path) -> Path:
    """The package without the lessons: here they lie beside it."""
    folder = build / "own"
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "whole")], ROOT)
    [whole] = (folder / "whole").glob("*.whl")
    lessons = "tokenlab/course/"
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(folder / whole.name, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith(".dist-info/RECORD"):
                rows = content.splitlines(keepends=True)
                content = b"".join(row for row in rows if not row.startswith(lessons.encode()))
            if not entry.filename.startswith(lessons):
                made.writestr(entry, content)
    return folder / whole.name


def run(command: list[str], folder: Path) -> str:
    """Run a tool in a folder, with the course at hand; what it says on standard error. Raises `SiteError`."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise SiteError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed:\n{said}")
    return done.stderr
