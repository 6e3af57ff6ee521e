"""The command `tokenlab`, and what lab.py starts: the learner's copy, in JupyterLab, served here alone."""

import json
import os
from pathlib import Path

import pytest

from tests.support import ROOT
from tokenlab.teach import launch


@pytest.fixture
def started(monkeypatch, tmp_path):
    """The modules that would have run, with their arguments; each ends with exit code 7."""
    started: list[tuple[str, ...]] = []

    def run_module(*command: str) -> int:
        started.append(command)
        return 7

    monkeypatch.setattr(launch, "run_module", run_module)
    monkeypatch.setattr(launch, "course", lambda: tmp_path / "course")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", "the home folder's")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.delenv("TOKENLAB_WORKSPACE", raising=False)
    (tmp_path / "course/notebooks").mkdir(parents=True)
    (tmp_path / "course/notebooks/00_start_here.ipynb").write_text('{"cells": []}', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return started


def test_the_first_page_of_the_learners_copy_is_opened(started, tmp_path) -> None:
    assert launch.script([]) == 7
    mine = tmp_path / "my_course"
    assert (mine / "notebooks/00_start_here.ipynb").is_file()
    assert started[0][0] == "jupyterlab" and f"--ServerApp.root_dir={mine}" in started[0]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in started[0]
    assert "--no-browser" not in started[0]


def test_in_a_folder_of_the_copy_no_second_copy_is_made(started, tmp_path, monkeypatch) -> None:
    launch.script([])
    monkeypatch.chdir(tmp_path / "my_course/notebooks")
    launch.script([])
    assert started[0] == started[1]
    assert not (tmp_path / "my_course/notebooks/my_course").exists()


def test_browser_and_port_can_be_chosen(started) -> None:
    launch.script(["--no-browser", "--port", "8899"])
    assert {"--no-browser", "--ServerApp.port=8899"} <= set(started[0])


@pytest.mark.parametrize("wrong", [["tset"], ["--port", "0"], ["--port", "65536"], ["--port", "http"]])
def test_a_word_it_does_not_know_makes_nothing(started, tmp_path, wrong) -> None:
    with pytest.raises(SystemExit) as stopped:
        launch.script(wrong)
    assert stopped.value.code == 2 and not started
    assert not (tmp_path / "my_course").exists()


def test_the_server_listens_here_alone_whatever_the_home_folder_says(started, tmp_path) -> None:
    launch.script([])
    assert "--ServerApp.ip=127.0.0.1" in started[0]
    assert not any("token=" in argument or "password" in argument for argument in started[0])
    assert os.environ["JUPYTER_CONFIG_DIR"] == str(tmp_path / "my_course/.jupyter")
    assert os.environ["JUPYTER_PREFER_ENV_PATH"] == "1"


def test_nbgraders_pages_are_off_for_learners_and_on_for_teachers(started, tmp_path) -> None:
    launch.script([])
    page = json.loads((tmp_path / "my_course/.jupyter/labconfig/page_config.json").read_text("utf-8"))
    assert page["disabledExtensions"]["@jupyter/nbgrader"]
    server = json.loads((tmp_path / "my_course/.jupyter/jupyter_server_config.json").read_text("utf-8"))
    extensions = server["ServerApp"]["jpserver_extensions"]
    assert len(extensions) == 4 and not any(extensions.values())
    course = tmp_path / "course"
    launch.open_course(course, course, launch.read_options([]))
    assert "--LabApp.default_url=/lab/tree/teaching/class_overview.ipynb" in started[1]
    assert not (course / ".jupyter/jupyter_server_config.json").exists()
    assert not (course / ".jupyter/labconfig/page_config.json").exists()


@pytest.mark.parametrize("user", [0, 1000])
def test_only_root_is_let_in_as_root(started, monkeypatch, user) -> None:
    monkeypatch.setattr("os.getuid", lambda: user, raising=False)
    launch.script([])
    assert f"--ServerApp.allow_root={user == 0}" in started[0]


def test_without_jupyterlab_a_sentence_says_what_to_install(started, monkeypatch, capsys) -> None:
    monkeypatch.setattr(launch, "find_spec", lambda name: None)
    assert launch.script([]) == 2 and not started
    assert "install tokenlab[lab]" in capsys.readouterr().err


def test_a_lesson_is_started_afresh(started, tmp_path, capsys) -> None:
    launch.script([])
    assert launch.script(["afresh", "00"]) == 0
    assert (tmp_path / "my_course/set_aside/00_start_here.ipynb").is_file()
    assert launch.script(["afresh"]) == 2
    assert "Expected a lesson such as" in capsys.readouterr().err


def test_grade_is_the_trusted_grader(started) -> None:
    assert launch.script(["grade", "--doctor"]) == 7
    assert started == [("tokenlab.teach.grade", "--doctor")]


@pytest.mark.parametrize("word", ["test", "site"])
def test_what_needs_the_repository_says_so_or_is_handed_over(started, monkeypatch, capsys, word) -> None:
    handed: list[list[str]] = []

    def call(command: list[str]) -> int:
        handed.append(command)
        return 5

    monkeypatch.setattr("subprocess.call", call)
    assert launch.script([word, "-x"]) == 5
    assert handed[0][1:] == [str(ROOT / "lab.py"), word, "-x"]
    monkeypatch.setattr(launch, "PACKAGE", Path("/nowhere/tokenlab"))
    assert launch.script([word]) == 2
    assert f"python lab.py {word}" in capsys.readouterr().err


def test_a_module_that_ends_by_sys_exit_gives_its_code(monkeypatch) -> None:
    monkeypatch.setattr("sys.argv", [])  # the original comes back afterwards
    assert launch.run_module("tests.teach.exits", "3") == 3
