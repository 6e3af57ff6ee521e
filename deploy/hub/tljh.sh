#!/usr/bin/env bash
# The Littlest JupyterHub (an installed one) with the course. Run as root; /srv/tokenlab/course is a class copy.
set -euo pipefail

course=/srv/tokenlab/course
install -d -m 777 /srv/tokenlab/exchange
/opt/tljh/user/bin/python -m pip install --require-hashes --no-deps -r "$course/requirements-all.lock"
tljh-config set user_environment.default_app jupyterlab
tljh-config set limits.memory 1G
tljh-config set limits.cpu 1
tljh-config set services.cull.timeout 3600
cat >/opt/tljh/config/jupyterhub_config.d/tokenlab.py <<PYTHON
c.Spawner.cmd = ["/opt/tljh/user/bin/python", "$course/deploy/hub/start_server.py"]
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
c.Spawner.environment.update(
    PYTHONPATH="$course", TOKENLAB_COURSE="$course", TOKENLAB_EXCHANGE="/srv/tokenlab/exchange",
    JUPYTER_CONFIG_PATH="$course/deploy/hub/student", JUPYTER_PREFER_ENV_PATH="1",
)
PYTHON
tljh-config reload
