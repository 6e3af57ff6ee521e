"""The book: lessons with their pictures, exercises, glossary and reference, as pages that need no kernel."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from tokenlab.view import theme
from tools.site.lab import ROOT, run

HERE = Path(__file__).resolve().parent / "book"
ABOUT = ("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE")
# What the theme leaves out for people who hear a page, or turn it with the keyboard.
FOR_EVERYBODY = (
    ('role="heading">', 'role="heading" aria-level="2">'),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
    ('<aside class="toc-drawer">', '<aside class="toc-drawer" aria-label="On this page">'),
    ("<pre>", '<pre tabindex="0">'),
    ('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
)
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def make_book(build: Path, out: Path) -> None:
    """Make the book in the folder ``out``. Raises `SiteError`, OSError, CellExecutionError."""
    source = build / "book"
    shutil.rmtree(source, ignore_errors=True)
    (source / "_static").mkdir(parents=True)
    shutil.copy(HERE / "conf.py", source / "conf.py")
    css = (HERE / "book.css").read_text(encoding="utf-8") + theme.css_for_switch()
    (source / "_static" / "book.css").write_text(css, encoding="utf-8")
    shutil.copytree(ROOT / "docs", source / "docs")
    for name in ABOUT:
        shutil.copy(ROOT / name, source / name)
    _put_notebooks(source)
    _write_api(source / "api")
    _write_index(source)
    for page in source.rglob("*.md"):
        page.write_text(_live_links(page, page.read_text(encoding="utf-8"), source), encoding="utf-8")
    _run_sphinx(source, out)


def _put_notebooks(source: Path) -> None:
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    exercises = sorted((ROOT / "exercises").glob("*/*.ipynb"))
    with ThreadPoolExecutor(max_workers=2) as pool:
        pages = [*pool.map(_executed, lessons), *(nbformat.read(path, as_version=4) for path in exercises)]
    names = [path.relative_to(ROOT) for path in (*lessons, *exercises)]
    for name in names:  # all, because they lead to each other
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).touch()
    for name, notebook in zip(names, pages, strict=True):
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = _live_links(source / name, cell.source, source)
        _say_where_it_runs(notebook, name)
        nbformat.write(notebook, source / name)


def _executed(path: Path) -> NotebookNode:
    """A lesson run again, with predictions that can be tried and pictures that stand still."""
    notebook = nbformat.read(path, as_version=4)
    before = nbformat.v4.new_code_cell((HERE / "in_kernel.py").read_text(encoding="utf-8"))
    notebook.cells.insert(0, before)
    client = NotebookClient(
        notebook,
        timeout=300,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    notebook.cells.pop(0)
    notebook.metadata.pop("widgets", None)  # their state is for a page with a kernel
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
    _style_once(notebook)
    return notebook


def _style_once(notebook: NotebookNode) -> None:
    """Every picture carries its style; a page needs it once."""
    seen: set[str] = set()

    def keep(style: re.Match[str]) -> str:
        known = style[0] in seen
        seen.add(style[0])
        return "" if known else style[0]

    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for kind in ("text/html", "image/svg+xml"):
                if kind in data:
                    data[kind] = _STYLE.sub(keep, "".join(data[kind]))


def _say_where_it_runs(notebook: NotebookNode, path: Path) -> None:
    up = "../" * (len(path.parts) - 1)
    text = (
        f'<a class="tl-open" href="{up}lab/lab/index.html?path={path.as_posix()}">Open it here, running</a>'
    )
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(text))


def _live_links(page: Path, text: str, source: Path) -> str:
    """Links to what is not in the book (code, tools) become their words."""

    def keep(link: re.Match[str]) -> str:
        picture, words, target, _ = link.groups()
        if "://" in target or target.startswith("mailto:"):
            return link[0]
        there = Path(os.path.normpath(page.parent / target))
        return link[0] if there.is_file() and there.is_relative_to(source) else ("" if picture else words)

    return _LINK.sub(keep, text)


def _write_api(folder: Path) -> None:
    """A page for the names that lessons use, and one for each package."""
    folder.mkdir()
    packages = sorted(path.parent.name for path in (ROOT / "tokenlab").glob("*/__init__.py"))
    toc = "\n".join(packages)
    (folder / "index.md").write_text(
        "# Reference\n\nWhat the docstrings say. `tokenlab` itself offers the names that lessons use; each "
        f"package has more.\n\n```{{toctree}}\n:maxdepth: 1\ntokenlab\n{toc}\n```\n",
        encoding="utf-8",
    )
    front = (
        "# tokenlab\n\n```{eval-rst}\n.. automodule:: tokenlab\n   :members:\n   :imported-members:\n```\n"
    )
    (folder / "tokenlab.md").write_text(front, encoding="utf-8")
    for package in packages:
        modules = "\n".join(_modules(package))
        text = (
            f"# tokenlab.{package}\n\n```{{eval-rst}}\n.. automodule:: tokenlab.{package}\n\n{modules}\n```\n"
        )
        (folder / f"{package}.md").write_text(text, encoding="utf-8")


def _modules(package: str) -> Iterator[str]:
    """Directives for the modules of a package that can be imported without being run."""
    for path in sorted((ROOT / "tokenlab" / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if path.name.startswith("_") or "exercises" in parts:
            continue
        name = ".".join(parts)
        yield f"{name}\n{'-' * len(name)}\n\n.. automodule:: {name}\n   :members:\n   :no-index:\n"


def _write_index(source: Path) -> None:
    text = (HERE / "index.md").read_text(encoding="utf-8")
    first = ("glossary", "cheat_sheet", "fidelity", "coverage", "instructor_guide")
    rest = sorted({path.stem for path in (source / "docs").glob("*.md")} - set(first))
    (source / "index.md").write_text(
        text.replace("@FIRST@", "\n".join(f"docs/{name}" for name in first)).replace(
            "@REST@", "\n".join(f"docs/{name}" for name in rest)
        ),
        encoding="utf-8",
    )


def _run_sphinx(source: Path, out: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-d", str(source.parent / "doctrees")]
    shutil.rmtree(out, ignore_errors=True)
    # myst-nb leaves a folder where it runs
    said = run([*command, str(source), str(out)], source.parent)
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for found, better in FOR_EVERYBODY:
            text = text.replace(found, better)
        page.write_text(text, encoding="utf-8")
    warnings = [line for line in said.splitlines() if "WARNING" in line or "ERROR" in line]
    (source.parent / "sphinx.log").write_text(said, encoding="utf-8")
    if warnings:
        print(f"sphinx: {len(warnings)} warnings, in {source.parent / 'sphinx.log'}")
