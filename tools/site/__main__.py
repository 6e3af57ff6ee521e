"""Make the site, or show the one that was made.

python lab.py site            makes site/: the book, and in site/lab the course that runs in a browser
python lab.py site --serve    shows it at an address of this machine alone (--port N chooses the port)
python lab.py site --only book | lab
"""

import argparse
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from nbclient.exceptions import CellExecutionError

from tools.site.book import make_book
from tools.site.lab import ROOT, SiteError, make_lab


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def make(site: Path, build: Path, only: str | None = None) -> None:
    """Make the site anew. Raises `SiteError`, OSError, CellExecutionError."""
    book, lab = build / "book-pages", build / "lab-pages"
    build.mkdir(parents=True, exist_ok=True)
    if only != "lab":
        print("The book: lessons are run and written as pages. This takes a minute or two.", flush=True)
        make_book(build, book)
    if only != "book":
        print("The lab: Python for the browser, and the course.", flush=True)
        make_lab(build, lab)
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir()
    for half, place in ((book, site), (lab, site / "lab")):
        if half.is_dir():
            shutil.copytree(half, place, dirs_exist_ok=True)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"{site.name} is ready: {size / 1e6:.0f} MB.", flush=True)


def serve(site: Path, port: int) -> ThreadingHTTPServer:
    """A server for the site, on this machine alone; port 0 takes a free one. Raises OSError."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(site)))


def main(arguments: list[str]) -> int:
    """0, or 1 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="lab.py site", description="Make the site, or show it.")
    parser.add_argument("--serve", action="store_true", help="show the site that was made")
    parser.add_argument("--port", type=int, default=8000, help="where to show it")
    parser.add_argument("--only", choices=("book", "lab"), help="make one half")
    options = parser.parse_args(arguments)
    site = ROOT / "site"
    try:
        if not options.serve:
            make(site, ROOT / ".site-build", options.only)
            return 0
        if not (site / "index.html").is_file():
            raise SiteError("there is none yet. Make it: python lab.py site")
        server = serve(site, options.port)
    except (SiteError, OSError, CellExecutionError, subprocess.CalledProcessError) as error:
        print(f"The site: {error}", file=sys.stderr)
        return 1
    print(f"http://127.0.0.1:{server.server_port}/  (Ctrl-C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
