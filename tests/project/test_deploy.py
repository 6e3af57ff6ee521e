"""deploy/hub: what can be checked of it without a hub. tools/simulate_class.py tries the rest."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support import ROOT
from tokenlab.teach import launch

HUB = ROOT / "deploy" / "hub"
FILES = ("jupyterhub_config.py", "student/nbgrader_config.py")


@pytest.mark.parametrize("name", FILES)
def test_a_configuration_runs_with_what_a_hub_gives_it(name, monkeypatch):
    """Any section takes any setting: a misspelt name of Python's is found, one of JupyterHub's is not."""

    class Section(dict):
        def __getattr__(self, key):
            return self.setdefault(key, Section())

        def __setattr__(self, key, value):
            self[key] = value

    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    monkeypatch.delenv("TOKENLAB_HUB_TRIAL", raising=False)
    found, path = Section(), HUB / name
    exec(
        compile(path.read_text(encoding="utf-8"), str(path), "exec"),
        {"get_config": lambda: found, "__file__": str(path)},
    )
    if name == FILES[0]:
        assert found.Spawner.http_timeout >= 300 and "--KernelManager.transport=ipc" in found.Spawner.args
        assert found.JupyterHub.bind_url.startswith("http://127.0.0.1:")
        assert not found.JupyterHub.cleanup_servers and "Authenticator" not in found
    else:
        assert found.CourseDirectory.student_id == "ada"


def test_students_see_assignments_and_nothing_of_nbgraders_for_teachers():
    page = json.loads((HUB / "student/labconfig/page_config.json").read_text(encoding="utf-8"))
    off = {name.rpartition(":")[2] for name, is_off in page["disabledExtensions"].items() if is_off}
    assert off == {"course-list", "create-assignment", "formgrader", "validate-assignment"}
    server = json.loads((HUB / "student/jupyter_server_config.json").read_text(encoding="utf-8"))
    assert "nbgrader.server_extensions.assignment_list" not in server["ServerApp"]["jpserver_extensions"]


@pytest.mark.skipif(os.name == "nt", reason="a hub runs on Linux")
def test_a_users_server_starts_with_the_lessons_and_a_short_path_for_its_sockets(tmp_path):
    """A socket's path has at most 107 characters, and a home folder may be longer than that."""
    home = tmp_path / ("a-long-name-" * 5)
    home.mkdir()
    says = "import os, sys; print(os.getcwd()); print(os.environ['JUPYTER_RUNTIME_DIR']); print(sys.argv[1:])"
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)
    (programs / "jupyterhub-singleuser").write_text(f"#!{sys.executable}\n{says}\n")
    (programs / "jupyterhub-singleuser").chmod(0o755)
    environment = {
        "HOME": str(home),
        "TOKENLAB_COURSE": str(ROOT),
        "PYTHONPATH": str(ROOT),
        "PATH": os.defpath,
    }
    code = (
        f"import sys, runpy; sys.executable = {str(programs / 'python')!r}; sys.argv = ['x', '--ip=here']; "
        f"runpy.run_path({str(HUB / 'start_server.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    folder, sockets, arguments = done.stdout.splitlines()
    os.rmdir(sockets)
    assert folder == str(home / "tokenlab") and "--ip=here" in arguments
    assert len(f"{sockets}/kernel-{'x' * 36}-ipc-1") < 107
    assert (home / "tokenlab/notebooks/00_start_here.ipynb").is_file()


def test_the_container_for_one_person_starts_the_course_as_a_learner_gets_it():
    """In a container it must listen on every address; what else it is told, the launcher has to know."""
    *_, command = (ROOT / "Dockerfile").read_text(encoding="utf-8").strip().splitlines()
    python, _, module, course, mine, *options = json.loads(command.removeprefix("CMD "))
    assert (python, module) == ("python", launch.__name__) and Path(mine).name == "my_course"
    assert f"COPY . {course}\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert vars(launch.read_options(options)) == {"no_browser": True, "port": 8888, "ip": "0.0.0.0"}


def test_values_for_kubernetes_are_yaml_and_name_files_that_are_there():
    values = yaml.safe_load((HUB / "zero-to-jupyterhub.yaml").read_text(encoding="utf-8"))
    assert set(values) == {"hub", "singleuser", "cull"}
    assert values["singleuser"]["cmd"][1].endswith("deploy/hub/start_server.py")


def test_the_shell_script_can_be_read():
    subprocess.run(["bash", "-n", str(HUB / "tljh.sh")], check=True)


def test_every_file_stands_in_the_readme():
    readme = (HUB / "README.md").read_text(encoding="utf-8")
    for path in HUB.iterdir():
        if path.name not in ("README.md", "__pycache__"):
            assert f"`{path.name}" in readme, path.name
