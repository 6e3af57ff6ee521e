"""Count how the model compares with real Windows, and write the count into README.md.

python tools/readme_figures.py            writes the table between the two marks
python tools/readme_figures.py --check    writes nothing, fails where the table would change

Where the material to compare with is absent, the table is left as it is.
"""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"


def table() -> str:
    """The figures as a table in Markdown, exceptions below it."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from tests.conformance.figures import conformance_figures

    lines = ["| compared with real Windows | rows | agree |", "|---|---:|---:|"]
    reasons: dict[str, None] = {}
    for name, figure in conformance_figures().items():
        note = ""
        for reason in figure.exceptions:
            reasons.setdefault(reason)
            note += f" [{list(reasons).index(reason) + 1}]"
        lines.append(f"| {name}{note} | {figure.total:,} | {figure.passed:,} |")
    lines.append("")
    lines += [f"{number}. {reason}." for number, reason in enumerate(reasons, 1)]
    return "\n".join(lines)


def with_table(text: str) -> str:
    """The README with the table between its marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(arguments: list[str]) -> int:
    text = README.read_text(encoding="utf-8")
    try:
        new = with_table(text)
    except pytest.skip.Exception as absent:
        print(f"README.md: left as it is: {absent}")
        return 0
    if "--check" not in arguments:
        README.write_text(new, encoding="utf-8", newline="\n")
    elif new != text:
        print("README.md: the figures are not those of today. Run python tools/readme_figures.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
