"""JupyterHub for a class, on one Linux machine whose users are local accounts. README.md tells how to use it.

Where things are, each with a variable to say otherwise: the course (TOKENLAB_COURSE), the hub's own state
(TOKENLAB_HUB_STATE), the exchange (TOKENLAB_EXCHANGE).
"""

import os
import sys
from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # JupyterHub defines it

HERE = Path(__file__).resolve().parent
COURSE = os.environ.get("TOKENLAB_COURSE", "/srv/tokenlab/course")
STATE = Path(os.environ.get("TOKENLAB_HUB_STATE", "/srv/tokenlab/state"))
EXCHANGE = os.environ.get("TOKENLAB_EXCHANGE", "/srv/tokenlab/exchange")
PROGRAMS = Path(sys.executable).parent

# Only this machine: what browsers reach (with TLS) is a proxy such as nginx or Caddy in front of it.
c.JupyterHub.bind_url = os.environ.get("TOKENLAB_HUB_URL", "http://127.0.0.1:8000")
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.cleanup_servers = False  # a hub that is restarted leaves the students' kernels alone

# Who may come: accounts of two groups of this machine.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"tokenlab-students", "tokenlab-teachers"}
c.PAMAuthenticator.admin_groups = {"tokenlab-teachers"}

# A server: 30 that start at once on two cores need more than the usual 30 seconds to answer (a start takes
# about 5 CPU seconds); sockets instead of ports, because ports of kernels that start together can collide.
c.Spawner.cmd = [str(PROGRAMS / "python"), str(HERE / "start_server.py")]
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.Spawner.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.JupyterHub.concurrent_spawn_limit = 64
c.JupyterHub.active_server_limit = 200
c.Spawner.environment = {
    "PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin",
    "PYTHONPATH": COURSE,
    "TOKENLAB_COURSE": COURSE,
    "TOKENLAB_EXCHANGE": EXCHANGE,
    "JUPYTER_CONFIG_PATH": str(HERE / "student"),
    "JUPYTER_PREFER_ENV_PATH": "1",
}

# systemd holds each server to its memory, where JupyterHub may start units.
if os.environ.get("TOKENLAB_SPAWNER") == "systemd":
    c.JupyterHub.spawner_class = "systemdspawner.SystemdSpawner"
    c.SystemdSpawner.isolate_tmp = c.SystemdSpawner.disable_user_sudo = True
    c.SystemdSpawner.mem_limit, c.SystemdSpawner.cpu_limit = "1G", 1.0

# A server that nobody used for an hour ends; notebooks are saved, kernels are not.
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "services": ["culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
c.JupyterHub.services = [
    {"name": "culler", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}
]

# tools/simulate_class.py: one account for everybody, made-up names, a token for the simulation.
if os.environ.get("TOKENLAB_HUB_TRIAL"):
    c.JupyterHub.authenticator_class = "dummy"
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(STATE / "homes" / "{username}")
    c.JupyterHub.hub_bind_url = os.environ["TOKENLAB_HUB_INNER_URL"]
    c.ConfigurableHTTPProxy.api_url = os.environ["TOKENLAB_PROXY_URL"]
    c.ConfigurableHTTPProxy.command = [os.environ["TOKENLAB_PROXY"]]
    c.Spawner.environment |= {name: os.environ[name] for name in ("TOKENLAB_HUB_TRIAL", "TMPDIR")}
    if os.getuid() == 0:
        c.Spawner.args = [*c.Spawner.args, "--allow-root"]
    c.JupyterHub.services = [{"name": "trial", "api_token": os.environ["TOKENLAB_HUB_TRIAL"]}]
    scopes = ["admin:users", "admin:servers", "access:servers", "list:users"]
    c.JupyterHub.load_roles = [{"name": "trial", "services": ["trial"], "scopes": scopes}]
