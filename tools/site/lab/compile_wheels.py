"""Runs in the browser's Python: compiles what the wheels in ``/wheels`` contain, so that a page need not.

A compiled module stands in for its source. Both are kept of the course itself, because its code is there to
be read, and of pySigma, whose licence asks for it. A wheel keeps its name.
"""

import base64
import hashlib
import importlib.util
import io
import marshal
import zipfile
from pathlib import Path

KEEPS_SOURCE = ("tokenlab-", "pysigma")
SELDOM = ("pygments/lexers/", "pygments/styles/", "wcwidth/table_")  # large tables, hardly ever imported
HEADER = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little")  # found by name alone: no date, no check


def compile_wheel(path: Path) -> None:
    """Write the wheel anew."""
    made, rows = io.BytesIO(), []
    with zipfile.ZipFile(path) as wheel, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as better:

        def keep_file(name: str, content: bytes) -> None:
            better.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(content)}\n")

        *names, record = sorted(wheel.namelist(), key=lambda name: name.endswith(".dist-info/RECORD"))
        for name in names:
            content = wheel.read(name)
            keep = True
            if name.endswith(".py") and not name.startswith(SELDOM):
                try:
                    place = f"/lib/python3.14/site-packages/{name}"
                    code = compile(content, place, "exec", dont_inherit=True)
                except SyntaxError:  # a test file or a template for another Python
                    code = None
                if code is not None:
                    compiled = HEADER + importlib.util.source_hash(content) + marshal.dumps(code)
                    keep = path.name.startswith(KEEPS_SOURCE)
                    place = importlib.util.cache_from_source(name) if keep else name + "c"
                    keep_file(place, compiled)
            if keep:
                keep_file(name, content)
        better.writestr(zipfile.ZipInfo(record), "".join([*rows, f"{record},,\n"]), zipfile.ZIP_DEFLATED)
    path.write_bytes(made.getvalue())


for wheel in sorted(Path("/wheels").glob("*.whl")):
    compile_wheel(wheel)
