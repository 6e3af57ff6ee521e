"""An exam: ``python -m tokenlab.teach.exam make --secret-file K --exercises ... --students roster.csv``.

Practice tells the truth as often as one asks, so it cannot measure. In an exam each student has questions in
a world that only the secret can make again: nothing on the student's side judges, and nothing there has an
answer. `secret` makes the names of the worlds, `paper` writes the questions, `key` the right answers,
`marking` judges what was handed in, `model` packs the model without the exercises.

What is promised, and what is not, stands in ``docs/instructor_guide.md``.
"""
