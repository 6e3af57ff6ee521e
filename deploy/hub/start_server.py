"""A user's server: the lessons are copied into the home folder, or brought up to date, then Jupyter starts.

It runs as the user. What a student changed is never written over (`tokenlab.teach.workspace`). The copies
have no outputs, so nothing in them waits to be trusted. What follows on the command line is the server's.
"""

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from tokenlab.teach.workspace import WorkspaceError, update

PROGRAM = str(Path(sys.executable).parent / "jupyterhub-singleuser")


def short_folder() -> str:
    """A folder that is this user's alone, the same at each start."""
    who = hashlib.sha256(f"{os.getuid()} {os.environ.get('JUPYTERHUB_USER')}".encode()).hexdigest()[:8]
    folder = Path(tempfile.gettempdir()) / f"tl-{who}"
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.lstat()
    if stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & 0o077:
        return str(folder)
    return tempfile.mkdtemp(prefix="tl-")  # somebody else was there first


def main() -> None:
    workspace = Path.home() / "tokenlab"
    workspace.mkdir(parents=True, exist_ok=True)
    try:
        for sentence in update(Path(os.environ["TOKENLAB_COURSE"]), workspace):
            print(sentence, file=sys.stderr)
    except (WorkspaceError, OSError) as error:  # a full disk is no reason to keep a student out
        print(f"The lessons could not be brought up to date: {error}", file=sys.stderr)
    # The path of a kernel's socket has at most 107 characters: in a home folder a long name is too much.
    os.environ["JUPYTER_RUNTIME_DIR"] = short_folder()
    os.chdir(workspace)
    os.execv(PROGRAM, [PROGRAM, f"--ServerApp.root_dir={workspace}", *sys.argv[1:]])


if __name__ == "__main__":
    main()
