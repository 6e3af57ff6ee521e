"""What a teacher does with the course as a whole: ``python -m tokenlab.teach.course init``.

`preparing` makes nbgrader's gradebook and releases assignments; `class_copy` packs what students are given;
`tables`, `canvas` and `moodle` are files for other systems.
"""
