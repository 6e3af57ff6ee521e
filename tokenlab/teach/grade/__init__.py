"""The trusted grader: ``python -m tokenlab.teach.grade SUBMITTED --out grades.csv``.

**Points are never decided where a student's code runs**, on every system. The cells run in a process of
their own, which gives back answers and nothing else: plain data as bounded JSON, read strictly. Where the
answer is a function, that process is asked one question at a time. Another process, which never ran a
student's code, judges the answers against that student's variant. Exercises and points are tokenlab's own;
the submission's ids, points and locked cells are not looked at.

**A submission reaches nothing else.** Its process runs in bubblewrap (Linux) or in a container of podman or
docker: it sees Python, this package and an empty folder of fixed size; no network, no other process, no
other submission. Where there is neither, the command refuses, unless ``--unsafe`` is given. ``--doctor``
says what protects this machine, by trying. What is promised, and what is not: ``docs/security.md``.

`notebook` and `submission` find and read; `isolation`, `seccomp` and `child` start the student's process;
`confine` and `worker` are what runs in it; `conversation` is the grader's end; `judge` is the process that
judges; `journal`, `report` and `gradebook` keep what was found; `doctor` tries what protects.
"""
