"""nbgrader in a student's server: whose work it is, and where the exchange is."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # nbgrader defines it

c.CourseDirectory.course_id = "tokenlab"
c.Exchange.root = os.environ.get("TOKENLAB_EXCHANGE", "/srv/tokenlab/exchange")
if os.environ.get("JUPYTERHUB_USER"):  # where all users of a container have one account
    c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]
