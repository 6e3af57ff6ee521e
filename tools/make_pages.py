"""Write the pages of docs/ that are made from the model's own tables: the cheat sheet and the glossary.

python tools/make_pages.py            writes docs/cheat_sheet.md and docs/glossary.md
python tools/make_pages.py --check    writes nothing, fails where a page would change
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[Path, str]:
    """Each page and its text."""
    sys.path.insert(0, str(ROOT))
    from tokenlab.teach.cheat_sheet import cheat_sheet

    note = "\n*Made by `tools/make_pages.py`. To print it: `cheat_sheet().save()`, from `tokenlab.teach`.*\n"
    docs = ROOT / "docs"
    return {docs / "cheat_sheet.md": cheat_sheet().markdown() + note, docs / "glossary.md": glossary_page()}


def glossary_page() -> str:
    """The terms under the lesson that explains them; a long name stands behind the short one."""
    from tokenlab.teach.glossary import glossary

    lines = [
        "# Glossary",
        "",
        "The words of the course, in the order in which lessons explain them. In a lesson, `explain` says "
        "the same: `from tokenlab.teach import explain`. *Made by `tools/make_pages.py` from "
        "`tokenlab/teach/glossary.toml`.*",
    ]
    lesson = ""
    for term in glossary().values():
        if term.lesson != lesson:
            lesson = term.lesson
            (path,) = ROOT.glob(f"notebooks/{lesson}_*.ipynb")
            lines += ["", f"## [Lesson {lesson}](../notebooks/{path.name})", ""]
        long = f" ({term.long})" if term.long else ""
        see = f" On Windows: `{term.see}`." if term.see else ""
        lines.append(f"* **{term.name}**{long}: {term.means}{see}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    made = pages()
    stale = [path for path in made if not path.exists() or path.read_text(encoding="utf-8") != made[path]]
    if "--check" in arguments:
        for path in stale:
            print(f"docs/{path.name} is not what the model says today. Run python tools/make_pages.py")
        return bool(stale)
    for path in stale:
        path.write_text(made[path], encoding="utf-8", newline="\n")
        print(f"docs/{path.name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
