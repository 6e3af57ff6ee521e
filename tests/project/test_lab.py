"""lab.py: one command sets everything up, once, and says in a sentence why it cannot."""

import ast
import hashlib
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import lab as this_lab
from tests.browser import PATIENCE
from tests.support import require

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "lab.py").read_text(encoding="utf-8")
NOWHERE = "http://127.0.0.1:9/simple"  # the discard port: nobody answers there


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course of one lesson that needs nothing, in a folder with an inconvenient name."""
    folder = tmp_path / "the course é"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "00_start_here.ipynb").write_text("{}", encoding="utf-8")
    (folder / "tokenlab").mkdir()
    (folder / "tokenlab" / "__init__.py").touch()
    (folder / "requirements.lock").write_text("nothing==1.0\n", encoding="utf-8")
    (folder / "requirements-all.lock").write_text("nothing==1.0\nmore==1.0\n", encoding="utf-8")
    shutil.copy(ROOT / "lab.py", folder)
    return folder


@pytest.fixture
def lab(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """lab.py of that course, with an installer that only notes what it was asked to do."""
    monkeypatch.delenv("TOKENLAB_VENV", raising=False)
    spec = importlib.util.spec_from_file_location("lab_under_test", folder / "lab.py")
    assert spec and spec.loader
    lab: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lab)
    lab.ran = []

    def run(*command: str) -> None:
        lab.ran.append(command)
        if "venv" in command:
            (lab.VENV / "pyvenv.cfg").touch()
            lab.PYTHON.parent.mkdir()
            lab.PYTHON.touch()
            packages = sysconfig.get_path("purelib", "venv", {"base": str(lab.VENV)})
            Path(packages).mkdir(parents=True)

    monkeypatch.setattr(lab, "really_run", lab.run, raising=False)
    monkeypatch.setattr(lab, "run", run)
    monkeypatch.setattr(lab.shutil, "which", lambda name: None)
    return lab


# Set up once


def test_the_first_start_makes_an_environment_and_installs_the_lock(lab: ModuleType) -> None:
    lab.set_up()
    environment, installation = lab.ran
    assert environment[-2:] == ("venv", str(lab.VENV))
    assert installation[-2:] == ("-r", str(lab.LOCK))
    assert {"--require-hashes", "--no-deps"} <= set(installation)


def test_uv_installs_where_it_is_installed(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.shutil, "which", lambda name: "/somewhere/uv")
    lab.set_up()
    environment, installation = lab.ran
    assert "--without-pip" in environment
    assert installation[:4] == ("/somewhere/uv", "pip", "sync", "--require-hashes")
    assert installation[-1] == str(lab.LOCK)


def test_the_second_start_does_nothing(lab: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    lab.set_up()
    lab.ran.clear()
    capsys.readouterr()
    lab.set_up()
    assert lab.ran == []
    assert capsys.readouterr().out == ""


def test_a_changed_lock_makes_the_environment_anew(lab: ModuleType) -> None:
    lab.set_up()
    (lab.VENV / "from before").touch()
    lab.LOCK.write_text("nothing==2.0\n", encoding="utf-8")
    lab.set_up()
    assert len(lab.ran) == 4
    assert not (lab.VENV / "from before").exists()


# What learners do not need


def test_tests_install_everything_at_once(lab: ModuleType, calls: list[tuple[str, ...]]) -> None:
    lab.main(["test"])
    environment, installation = lab.ran
    assert "venv" in environment and installation[-2:] == ("-r", str(lab.ALL))


@pytest.mark.parametrize("command", ["test", "teach"])
def test_what_teachers_and_tests_need_is_added_once_and_stays(
    lab: ModuleType, calls: list[tuple[str, ...]], command: str
) -> None:
    lab.set_up()
    (lab.VENV / "from before").touch()
    lab.ran.clear()
    lab.main([command])
    (installation,) = lab.ran
    assert installation[-2:] == ("-r", str(lab.ALL)) and (lab.VENV / "from before").exists()
    lab.ran.clear()
    lab.set_up(lab.ALL)
    lab.set_up()
    assert lab.ran == []


def test_a_learners_start_does_not_care_for_the_teachers_lock(lab: ModuleType) -> None:
    lab.set_up(lab.ALL)
    lab.ran.clear()
    lab.ALL.write_text("nothing==1.0\nmore==2.0\n", encoding="utf-8")
    lab.set_up()
    assert lab.ran == []
    lab.set_up(lab.ALL)  # what the old lock named and the new one does not is gone
    assert len(lab.ran) == 2


def test_an_addition_that_was_interrupted_leaves_a_learners_environment(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.set_up()

    def interrupted(*command: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lab, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            lab.set_up(lab.ALL)
    assert lab.is_ready(lab.LOCK) and not lab.is_ready(lab.ALL)


def test_a_copy_for_learners_says_that_it_has_no_tests(lab: ModuleType, calls: list[tuple[str, ...]]) -> None:
    lab.ALL.unlink()
    with pytest.raises(SystemExit, match=r"no requirements-all\.lock: it is for learners alone"):
        lab.main(["test"])
    assert lab.ran == calls == []
    assert lab.main([]) == 7


def test_another_python_makes_the_environment_anew(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.set_up()
    implementation = SimpleNamespace(cache_tag="cpython-999", name="cpython")
    monkeypatch.setattr(sys, "implementation", implementation)
    lab.set_up()
    assert len(lab.ran) == 4


def test_an_environment_whose_python_is_gone_is_made_anew(lab: ModuleType) -> None:
    lab.set_up()
    lab.PYTHON.unlink()
    lab.set_up()
    assert len(lab.ran) == 4


def test_a_half_made_environment_is_not_taken_for_a_whole_one(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = lab.run

    def interrupted(*command: str) -> None:
        if "-r" in command:
            raise KeyboardInterrupt
        whole(*command)

    monkeypatch.setattr(lab, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lab.set_up()
    assert lab.VENV.exists()
    monkeypatch.setattr(lab, "run", whole)
    lab.ran.clear()
    lab.set_up()
    assert len(lab.ran) == 2


def test_two_starts_at_once_make_one_environment(lab: ModuleType) -> None:
    with lab.only_one(), pytest.raises(lab.SetupError, match="another start is setting the course up"):
        lab.set_up()
    assert lab.ran == []
    lab.set_up()
    assert len(lab.ran) == 2


def test_a_stamp_that_is_no_text_is_an_old_one(lab: ModuleType) -> None:
    lab.set_up()
    lab.STAMP.write_bytes(b"\xff\xfe")
    lab.set_up()
    assert len(lab.ran) == 4


# One clear sentence


def test_an_environment_that_somebody_else_made_is_left_alone(lab: ModuleType) -> None:
    lab.VENV.mkdir()
    (lab.VENV / "pyvenv.cfg").touch()
    with pytest.raises(SystemExit, match=r"\.venv is in the way"):
        lab.main([])
    assert (lab.VENV / "pyvenv.cfg").exists() and lab.ran == []


def test_a_folder_that_is_not_an_environment_is_left_alone(
    lab: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.VENV.mkdir()
    (lab.VENV / "diary.txt").touch()
    with pytest.raises(SystemExit, match=r"\.venv is in the way"):
        lab.main([])
    assert (lab.VENV / "diary.txt").exists()


def test_too_little_disk_is_said_before_anything_is_made(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab.shutil, "disk_usage", lambda path: SimpleNamespace(free=300_000_000))
    for command, needed in ([], r"0\.8"), (["test"], r"1\.3"):
        with pytest.raises(SystemExit, match=rf"takes {needed} GB of disk and 0\.3 GB are free"):
            lab.main(command)
    assert not lab.VENV.exists()


def test_a_folder_that_cannot_be_written_is_named(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only() -> None:
        raise OSError(30, "Read-only file system", "/course/.venv")

    monkeypatch.setattr(lab, "furnish", read_only)
    with pytest.raises(SystemExit, match="Read-only file system"):
        lab.main([])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "the disk is full"),
        ("OSError: [WinError 112] There is not enough space on the disk", "the disk is full"),
        ("ensurepip is not available. On Debian", "install python3-venv"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the file that the lock names"),
        ("WARNING: Retrying (Retry(total=1)) after connection broken", "needs a network"),
        ("  cause: error sending request for url", "needs a network"),
        ("Error: [Errno 13] Permission denied: '/course/.venv'", "cannot be written"),
        ("something unheard of", "something unheard of"),
    ],
)
def test_why_an_installer_failed_is_said_in_a_sentence(lab: ModuleType, said: str, sentence: str) -> None:
    failing = f"print({said!r}); raise SystemExit(1)"
    with pytest.raises(lab.SetupError, match=sentence):
        lab.really_run(sys.executable, "-c", failing)


def test_progress_is_visible(lab: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    line = "Collecting jupyterlab==4.6.6 (from -r requirements.lock (line 7))"
    lab.really_run(sys.executable, "-c", f"print({line!r}); print('  a detail')")
    assert capsys.readouterr().out == "  Collecting jupyterlab==4.6.6\n"


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_too_old_a_python_is_told_so(version: tuple[int, int, int]) -> None:
    pretend = f"import sys; sys.version_info = {version}; exec(open('lab.py').read())"
    old = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert old.returncode == 1
    assert re.fullmatch(r"tokenlab needs Python 3\.11 or later: .+\n", old.stderr)


def test_an_old_python_can_read_the_file_as_far_as_that() -> None:
    ast.parse(SOURCE, feature_version=(3, 6))
    assert SOURCE.isascii()


def test_python_2_shows_the_sentence_as_the_line_it_stops_at() -> None:
    """Only a docstring and imports, which Python 2 can read, stand before the annotation."""
    statements = ast.parse(SOURCE).body[1:]
    first = next(one for one in statements if not isinstance(one, ast.Import | ast.ImportFrom))
    assert isinstance(first, ast.AnnAssign)
    assert "needs Python 3.11 or later" in ast.unparse(first)


def test_it_needs_the_standard_library_alone() -> None:
    imported = {
        (node.module or "").split(".")[0] if isinstance(node, ast.ImportFrom) else name.name
        for node in ast.walk(ast.parse(SOURCE))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names


# What it starts


@pytest.fixture
def calls(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What lab.py would have started; each call ends with exit code 7."""
    calls: list[tuple[str, ...]] = []

    def call(*arguments: str) -> int:
        calls.append(arguments)
        return 7

    monkeypatch.setattr(lab, "call", call)
    return calls


def test_a_learners_copy_is_opened_by_what_the_package_opens_it_with(
    lab: ModuleType, calls: list[tuple[str, ...]]
) -> None:
    options = ("--no-browser", "--port", "8899")
    assert lab.main([*options]) == 7
    assert calls == [("-m", "tokenlab.teach.launch", str(lab.ROOT), str(lab.WORKSPACE), *options)]


def test_a_teacher_opens_the_course_itself(lab: ModuleType, calls: list[tuple[str, ...]]) -> None:
    assert lab.main(["teach"]) == 7
    assert calls == [("-m", "tokenlab.teach.launch", str(lab.ROOT), str(lab.ROOT))]


def test_a_word_it_does_not_know_starts_nothing(lab: ModuleType, calls: list[tuple[str, ...]]) -> None:
    with pytest.raises(SystemExit) as stopped:
        lab.main(["tset"])
    assert stopped.value.code == 2
    assert calls == lab.ran == []


def test_what_follows_test_is_pytests(lab: ModuleType, calls: list[tuple[str, ...]]) -> None:
    assert lab.main(["test", "tests/values", "-x"]) == 7
    assert calls[0][:3] == ("-m", "pytest", "--nbval")
    assert calls[0][-2:] == ("tests/values", "-x")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8888.0", "\u0668\u0668", "9" * 5000])
def test_a_port_that_is_none_is_told_so(
    lab: ModuleType, calls: list[tuple[str, ...]], port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        lab.main(["--port", port])
    assert "expected 1 to 65535" in capsys.readouterr().err or port == "-1"
    assert calls == lab.ran == []


def test_a_lesson_is_started_afresh(lab: ModuleType, calls: list[tuple[str, ...]]) -> None:
    assert lab.main(["afresh", "04", "exercises/04"]) == 7
    assert calls[0][1:2] == ("tokenlab.teach.workspace",)
    assert calls[0][-4:] == (str(lab.WORKSPACE), "afresh", "04", "exercises/04")
    with pytest.raises(SystemExit, match="Expected a lesson such as"):
        lab.main(["afresh"])


# The same for real


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python lab.py` as a person runs it, without uv and without any settings of pip's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    kept.pop("TOKENLAB_VENV", None)
    command = [sys.executable, "lab.py", *arguments]
    alone = {"PATH": "", "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(command, cwd=folder, env=kept | alone | environment, capture_output=True, text=True)


@pytest.fixture
def packages(folder: Path) -> Path:
    """A folder with one wheel, a stand-in for pytest, that the lock names."""
    packages = folder / "packages"
    packages.mkdir()
    wheel = packages / "standin-1.0-py3-none-any.whl"
    stand_in = "import json, sys, tokenlab\nprint(json.dumps(sys.argv[1:]))\nsys.exit(5)\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pytest.py", stand_in)
        about = "standin-1.0.dist-info/"
        archive.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: standin\nVersion: 1.0\n")
        archive.writestr(about + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(about + "RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = folder / "requirements-all.lock"
    lock.write_text(f"standin==1.0 --hash=sha256:{digest}\n", encoding="utf-8")
    (folder / "requirements.lock").write_text("", encoding="utf-8")
    return packages


def test_from_nothing_to_running_tests_and_then_without_any_work(folder: Path, packages: Path) -> None:
    first = start(folder, "test", "-x", PIP_NO_INDEX="1", PIP_FIND_LINKS=packages.as_uri())
    assert "Setting up .venv" in first.stdout, first.stderr
    assert first.returncode == 5
    assert json.loads(first.stdout.splitlines()[-1])[-1] == "-x"
    second = start(folder, "test", PIP_INDEX_URL=NOWHERE)
    assert second.returncode == 5
    assert len(second.stdout.splitlines()) == 1


def test_without_a_network_one_sentence_says_so(folder: Path) -> None:
    offline = start(folder, PIP_INDEX_URL=NOWHERE)
    assert offline.returncode == 1
    (sentence,) = offline.stderr.splitlines()
    assert "needs a network" in sentence


def test_a_changed_download_is_not_installed(folder: Path, packages: Path) -> None:
    with zipfile.ZipFile(next(packages.iterdir()), "a") as archive:
        archive.writestr("surprise.py", "")
    changed = start(folder, "test", PIP_NO_INDEX="1", PIP_FIND_LINKS=packages.as_uri())
    assert changed.returncode == 1
    assert "not the file that the lock names" in changed.stderr


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where JupyterLab says it is, once `python lab.py --no-browser` has started it."""
    stamp = Path(sys.prefix) / "tokenlab-stamp.txt"
    made_from = stamp.read_text(encoding="utf-8") if stamp.is_file() else ""
    current = made_from.startswith(this_lab.stamp(this_lab.LOCK))
    require(current, "the tests do not run in the environment that lab.py would use")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "lab.py", "--no-browser", "--port", str(port)]
    environment = os.environ | {"TOKENLAB_VENV": sys.prefix, "TOKENLAB_WORKSPACE": str(tmp_path / "mine")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            yield next(line for line in process.stderr if "?token=" in line).split()[-1]
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def fetched(url: str) -> HTTPResponse:
    """The answer; JupyterLab says its address a moment before it listens there."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        try:
            return urllib.request.urlopen(url, timeout=PATIENCE)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.25)
    raise AssertionError(f"nothing listens at {url}")


@pytest.mark.slow
def test_jupyterlab_opens_the_first_page_and_asks_nothing(address: str) -> None:
    assert "/lab/tree/notebooks/00_start_here.ipynb" in address
    with fetched(address) as page:
        assert page.status == 200
    settings = address.replace(
        "/lab/tree/notebooks/00_start_here.ipynb",
        "/lab/api/settings/@jupyterlab/apputils-extension:notification",
    )
    with fetched(settings) as answer:
        schema = json.load(answer)["schema"]["properties"]
    assert schema["fetchNews"]["default"] == "false"
    assert schema["checkForUpdates"]["default"] is False
