"""The trusted grader: ``python -m tokenlab.teach.grade SUBMITTED --out grades.csv``.

What is guaranteed, on every system: **points are never decided where a student's code runs.** The cells run
in a process of their own, which gives back answers and nothing else: plain data as bounded JSON, read
strictly. Where the answer is a function, that process is asked one question at a time. Another process, which
never ran a student's code, judges the answers against that student's variant. Exercises and points are
tokenlab's own; the submission's ids, points and locked cells are not looked at. Whatever a submission does to
Python, to tokenlab or to the pipe in its process, it can only change its own answers.

What is not: an answer is right however it was found. Practice tells the learner what is right, and a
submission can ask it too, or read this package. The grader says whose answers are right, not who found them
alone.

Around that stands protection in depth, as far as the system offers it (what is in force, the command says at
its start). It keeps a submission from other people's files, and from outliving its turn:

* Linux: Landlock (files, TCP, signals); as root also a user id of its own without capabilities; limits on
  memory, CPU, file size, processes; whatever is left running is found and killed, ``setsid`` or not.
* macOS and other Unix: the same limits; what is left running is killed by its process group alone.
* Windows: time limits, and an audit hook.
* Everywhere: a clean environment, a temporary folder that is removed, closed input, and the audit hook, which
  refuses other files, sockets and programs. Python code that is determined can get around an audit hook:
  without Landlock or another user id, grade strangers' notebooks in a container or a virtual machine.

`notebook` and `submission` find and read; `sandbox`, `landlock` and `worker` are the student's process;
`zygote` makes it and cleans up after it; `nursery` and `conversation` are the grader's end; `judge` is the
process that judges; `journal`, `report` and `gradebook` keep what was found.
"""
