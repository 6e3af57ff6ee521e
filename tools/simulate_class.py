"""A class on a hub of this machine: N students run lesson 04, fetch, answer, submit; the teacher grades.

    python tools/simulate_class.py 30 --hub-env /srv/tokenlab/env --proxy .../configurable-http-proxy --kill

Everything listens on the loopback alone, all names are made up, and all that was started ends with it. With
``--kill`` the hub is killed (SIGKILL) and started again while the students work.
"""

import argparse
import json
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
LESSON = "04_access_check"
PATIENCE = 600.0  # seconds for one step of a student
AWAY = (404, 424, 502, 503, 504)  # what the proxy, or a hub that has just started, says


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Hub:
    """A hub of ``deploy/hub``, in a folder of its own, on free ports of the loopback."""

    def __init__(self, folder: Path, hub_env: Path, proxy: Path) -> None:
        self.folder, self.token = folder, secrets.token_hex(16)
        ports = [free_port() for _ in range(3)]
        self.url, inner, api = (f"http://127.0.0.1:{port}" for port in ports)
        self.exchange = folder / "exchange"
        for one in (folder / "state" / "homes", self.exchange, folder / "t"):
            one.mkdir(parents=True)
        self.exchange.chmod(0o777)
        self._python = hub_env / "bin" / "python"
        self.environment = os.environ | {
            "PATH": f"{hub_env / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "TOKENLAB_COURSE": str(ROOT),
            "TOKENLAB_EXCHANGE": str(self.exchange),
            "TOKENLAB_HUB_STATE": str(folder / "state"),
            "TOKENLAB_HUB_URL": self.url,
            "TOKENLAB_HUB_INNER_URL": inner,
            "TOKENLAB_PROXY_URL": api,
            "TOKENLAB_PROXY": str(proxy),
            "TOKENLAB_HUB_TRIAL": self.token,
            "TMPDIR": str(folder / "t"),
            "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait until it answers; the seconds that took."""
        begun = time.monotonic()
        with (self.folder / "hub.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", "jupyterhub", "-f", ROOT / "deploy/hub/jupyterhub_config.py"],
                cwd=self.folder / "state",
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.monotonic() - begun < PATIENCE:
            try:
                self.ask("GET", "/hub/api/")
                return time.monotonic() - begun
            except OSError:
                time.sleep(0.3)
        raise TimeoutError(f"the hub does not answer: {self.folder / 'hub.log'}")

    def kill(self) -> None:
        """As if the machine's administrator had done it at the worst moment."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End the hub and every process that bears its mark."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self.processes():
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    continue
            deadline = time.monotonic() + 20
            while self.processes() and time.monotonic() < deadline:
                time.sleep(0.2)
        if self._process:
            self._process.wait()

    def processes(self, user: str = "") -> list[int]:
        """Those of this hub, or of one student's server."""
        marks = [f"TOKENLAB_HUB_TRIAL={self.token}".encode()]
        marks += [f"JUPYTERHUB_USER={user}".encode()] if user else []
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                variables = (process / "environ").read_bytes().split(b"\0")
                state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state != "Z" and int(process.name) != os.getpid() and all(mark in variables for mark in marks):
                found.append(int(process.name))
        return found

    def call(self, method: str, path: str, data: object = None, form: bool = False) -> Any:
        """A request, made again while the hub is away or does not know yet whose server is where; what came
        back as JSON. Raises OSError."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.ask(method, path, data, form)
            except OSError as error:
                for_good = isinstance(error, urllib.error.HTTPError) and error.code not in AWAY
                if for_good or time.monotonic() > deadline:
                    raise
            time.sleep(1)

    def ask(self, method: str, path: str, data: object = None, form: bool = False) -> Any:
        """One request. Raises OSError."""
        body = None if data is None else (urlencode(data) if form else json.dumps(data)).encode()  # type: ignore[arg-type]
        request = urllib.request.Request(self.url + path, body, {"Authorization": f"token {self.token}"})
        request.method = method
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            content = answer.read()
        return json.loads(content) if content else None


class Kernel:
    """A kernel of a student's server, spoken to as a browser does."""

    def __init__(self, hub: Hub, user: str, path: str) -> None:
        session = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
        self._id = hub.call("POST", f"/user/{user}/api/sessions", session)["kernel"]["id"]
        self._session = uuid.uuid4().hex
        channels = f"/user/{user}/api/kernels/{self._id}/channels?session_id={self._session}"
        self._address = hub.url.replace("http", "ws", 1) + channels
        self._head = [f"Authorization: token {hub.token}"]
        self._connect()

    def _connect(self) -> None:
        """Connect, and try again while the hub is away, as a browser does."""
        from websocket import WebSocketException, create_connection

        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._socket = create_connection(self._address, header=self._head, timeout=PATIENCE)
                return
            except (WebSocketException, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def run(self, code: str) -> tuple[str, str]:
        """``ok`` or ``error``, and the value of the last line as text. A cell whose answer was lost with the
        connection runs again, in the same kernel."""
        from websocket import WebSocketException

        while True:
            try:
                return self._run(code)
            except (WebSocketException, OSError):
                self._connect()

    def _run(self, code: str) -> tuple[str, str]:
        number, status, value, idle = uuid.uuid4().hex, "", "", False
        head = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": self._session}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        message = {"channel": "shell", "header": head | {"version": "5.3", "date": ""}, "parent_header": {}}
        self._socket.send(json.dumps(message | {"metadata": {}, "content": content | {"allow_stdin": False}}))
        while not (status and idle):
            said = json.loads(self._socket.recv())
            if said.get("parent_header", {}).get("msg_id") != number:
                continue
            if said["msg_type"] == "execute_reply":
                status = said["content"]["status"]
            elif said["msg_type"] == "execute_result":
                value = said["content"]["data"].get("text/plain", "")
            idle = idle or said["content"].get("execution_state") == "idle"
        return status, value

    def close(self) -> None:
        self._socket.close()


class Student(threading.Thread):
    """One student's hour. ``told`` is what came of it; ``trouble`` why not."""

    def __init__(self, hub: Hub, name: str) -> None:
        super().__init__(daemon=True)
        self.hub, self.user, self.told, self.trouble = hub, name, dict[str, Any](), ""

    def run(self) -> None:
        try:
            self._start_server()
            self._read_the_lesson()
            self._do_the_exercises()
        except Exception as error:
            self.trouble = f"{type(error).__name__}: {error}"[:300]

    def _start_server(self) -> None:
        begun = time.monotonic()
        self._again("POST", f"/hub/api/users/{self.user}")
        self._again("POST", f"/hub/api/users/{self.user}/server")
        while time.monotonic() - begun < PATIENCE:
            user = self._again("GET", f"/hub/api/users/{self.user}")
            if (user or {}).get("servers", {}).get("", {}).get("ready"):
                break
            time.sleep(1)
        self.told["start"] = time.monotonic() - begun

    def _again(self, method: str, path: str, data: object = None) -> Any:
        """A request that may have been done already, when its answer was lost."""
        try:
            return self.hub.call(method, path, data)
        except urllib.error.HTTPError as error:
            if error.code not in (400, 409):
                raise
        return None

    def _read_the_lesson(self) -> None:
        begun, kernel = time.monotonic(), Kernel(self.hub, self.user, f"notebooks/{LESSON}.ipynb")
        notebook = self._notebook(f"notebooks/{LESSON}.ipynb")
        for cell in _code(notebook):
            status, _ = kernel.run(cell["source"])
            if status != "ok" and "raises-exception" not in cell["metadata"].get("tags", []):
                raise RuntimeError(f"a cell of the lesson failed: {cell['source'][:60]!r}")
            time.sleep(random.random() / 4)
        kernel.close()
        self.told["lesson"] = time.monotonic() - begun

    def _do_the_exercises(self) -> None:
        begun = time.monotonic()
        self._nbgrader("fetch")
        path = f"{LESSON}/{LESSON}.ipynb"
        notebook, kernel, points = self._notebook(path), Kernel(self.hub, self.user, path), 0
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            cell["source"] = SOLUTIONS.get(name, cell["source"])
        for cell in _code(notebook):
            status, value = kernel.run(cell["source"])
            if cell["source"].startswith("check(") and status == "ok":
                points += int(re.findall(r"\d+", value)[-1]) if re.findall(r"\d+", value) else 0
            content = {"type": "notebook", "format": "json", "content": notebook}
            self._again("PUT", f"/user/{self.user}/api/contents/{path}", content)
        kernel.close()
        self._nbgrader("submit")
        self.told |= {"points": points, "exercises": time.monotonic() - begun}

    def _notebook(self, path: str) -> dict[str, Any]:
        content: dict[str, Any] = self._again("GET", f"/user/{self.user}/api/contents/{path}")["content"]
        return content

    def _nbgrader(self, verb: str) -> None:
        about = {"course_id": "tokenlab", "assignment_id": LESSON}
        said = self.hub.call("POST", f"/user/{self.user}/assignments/{verb}", about, form=True)
        if not said.get("success") and "already" not in str(said):
            raise RuntimeError(f"{verb}: {str(said)[-300:]}")


def _code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _solutions() -> dict[str, str]:
    text = (ROOT / "solutions" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    cells = [cell for cell in json.loads(text)["cells"] if "nbgrader" in cell["metadata"]]
    named = {cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]) for cell in cells}
    return {name: source for name, source in named.items() if name.startswith("answer_")}


SOLUTIONS = _solutions()


def megabytes(pids: list[int]) -> float:
    """Proportional share of the memory, so that what is shared counts once."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1024


def teach(hub: Hub, folder: Path, students: int) -> str:
    """The teacher's commands, after the lesson; how many were graded, and how many have all points."""
    course = folder / "course"
    for command in (
        ["nbgrader", "collect", LESSON, "--update"],
        ["python", "-m", "tokenlab.teach.grade", "submitted", "--out", "grades.csv", "--assignment", LESSON],
    ):
        done = subprocess.run(command, cwd=course, env=hub.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-500:])
    rows = (course / "grades_summary.csv").read_text(encoding="utf-8").splitlines()[1:]
    full = sum(row.split(",")[2] == row.split(",")[3] for row in rows)
    return f"{len(rows)} of {students} collected and graded, {full} with all points"


def prepare(hub: Hub, folder: Path) -> None:
    """The teacher's course, and lesson 04 in the exchange."""
    course = folder / "course"
    for part in ("solutions", "exercises"):
        shutil.copytree(ROOT / part / LESSON, course / part / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    command = ["python", "-m", "tokenlab.teach.course", "init", "04", "--release", "04"]
    done = subprocess.run(command, cwd=course, env=hub.environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])


def watch(hub: Hub, students: list[Student], limit: float, kill: bool) -> dict[str, float]:
    """Wait for everybody, and kill the hub once if asked to, when a third work; the most memory seen."""
    most, begun, killed = {"all": 0.0, "student": 0.0}, time.monotonic(), not kill
    while any(one.is_alive() for one in students) and time.monotonic() - begun < limit:
        ready = [one.user for one in students if "start" in one.told]
        if not killed and len(ready) * 3 >= len(students):
            hub.kill()
            down = hub.start()
            print(f"{time.monotonic() - begun:.0f} s: the hub was killed; {down:.0f} s later it answers")
            killed = True
        most["all"] = max(most["all"], megabytes(hub.processes()))
        if ready:
            most["student"] = max(most["student"], megabytes(hub.processes(random.choice(ready))))
        done = sum("points" in one.told for one in students)
        print(f"{time.monotonic() - begun:.0f} s: {len(ready)} started, {done} have submitted", flush=True)
        time.sleep(10)
    return most


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("students", type=int, help="how many; 30 take about 6 GB of memory")
    parser.add_argument(
        "--hub-env", type=Path, default=Path(sys.prefix), help="an environment with JupyterHub"
    )
    parser.add_argument("--proxy", type=Path, default=Path("configurable-http-proxy"))
    parser.add_argument("--kill", action="store_true", help="kill the hub in the middle, and start it again")
    parser.add_argument("--minutes", type=float, default=20, help="give up after so many")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tokenlab-hub-") as name:
        hub = Hub(Path(name), options.hub_env, options.proxy)
        try:
            print(f"the hub is up after {hub.start():.1f} s", flush=True)
            prepare(hub, Path(name))
            students = [Student(hub, f"s{number:02}") for number in range(options.students)]
            for one in students:
                one.start()
            most = watch(hub, students, options.minutes * 60, options.kill)
            good = report(students, most)
            print(teach(hub, Path(name), len(students)), flush=True)
        finally:
            if sys.exc_info()[0] or not locals().get("good"):
                print((Path(name) / "hub.log").read_text(errors="replace")[-3000:], file=sys.stderr)
            hub.end()
    return 0 if good else 1


def report(students: list[Student], most: dict[str, float]) -> bool:
    """Print what came of it; true if everybody submitted."""
    done = [one for one in students if "points" in one.told]
    for one in students:
        if one not in done:
            print(f"{one.user}: {one.trouble or 'was not done in time'}")
    for what in ("start", "lesson", "exercises"):
        seconds = sorted(one.told[what] for one in students if what in one.told) or [0]
        half = seconds[len(seconds) // 2]
        print(f"{what}: {seconds[0]:.0f} to {seconds[-1]:.0f} s, half of them within {half:.0f}")
    memory = f"{most['student']:.0f} MB a student, {most['all']:.0f} MB all together"
    print(f"{len(done)} of {len(students)} submitted; {memory}")
    return len(done) == len(students)


if __name__ == "__main__":
    sys.exit(main())
