"""nbgrader's settings: this project is an nbgrader course. Sources in solutions/, releases in exercises/."""

import os
from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # nbgrader defines it

c.CourseDirectory.course_id = "tokenlab"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)  # the formgrader asks for it
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.ClearSolutions.code_stub = {"python": "# Write your answer here, and run the next cell."}
c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "END SOLUTION"
c.ExecutePreprocessor.timeout = 60

# Where students fetch and submit, if it is not nbgrader's own place.
if os.environ.get("TOKENLAB_EXCHANGE"):
    c.Exchange.root = os.environ["TOKENLAB_EXCHANGE"]
