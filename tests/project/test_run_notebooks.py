"""tools/run_notebooks.py: a committed notebook is the same on every machine."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import run_notebooks

WIDGET = {"model_id": "3f9c", "version_major": 2, "version_minor": 0}


def test_what_differs_from_run_to_run_is_left_out() -> None:
    cell = new_code_cell("1/0", metadata={"tags": ["raises-exception"], "execution": {"at": "noon"}})
    cell.outputs = [
        new_output("display_data", data={"text/plain": "Box()", run_notebooks.WIDGET: WIDGET}),
        new_output("error", ename="AnError", evalue="why", traceback=["File /home/me/lab.py", "why"]),
    ]
    notebook = new_notebook(cells=[new_markdown_cell("# A title"), cell])
    notebook.metadata = {"widgets": {"3f9c": {}}, "language_info": {"version": "3.11.7"}}
    run_notebooks.settle(notebook)
    assert [cell.id for cell in notebook.cells] == ["c01", "c02"]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert "version" not in notebook.metadata.language_info
    assert cell.metadata == {"tags": ["raises-exception"]}
    assert cell.outputs[0].data == {"text/plain": "Box()"}
    assert cell.outputs[1].traceback == ["AnError: why"]


def test_a_second_run_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lesson.ipynb"
    cells = [new_code_cell("print('one')\nprint('two')\n1 + 1"), new_code_cell("_ + 1")]
    nbformat.write(new_notebook(cells=cells), path)
    assert run_notebooks.main(["--check", str(path)]) == 1
    assert run_notebooks.main([str(path)]) == 0
    assert run_notebooks.main(["--check", str(path)]) == 0
    assert capsys.readouterr().out.split() == ["changed", path.name] * 2 + [
        "as",
        "it",
        "was",
        path.name,
    ]
    assert [cell.execution_count for cell in nbformat.read(path, 4).cells] == [1, 2]
