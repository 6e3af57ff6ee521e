"""What a long run says of its own time."""

from tests.shares import shares


def test_a_run_says_which_folder_took_how_much_of_it() -> None:
    run = [("tests/security/test_a.py::test_x", 3.0), ("tests/security/test_b.py::test_y[1/2]", 3.0)]
    run += [("tests/test_floors.py::test_z", 1.0), ("tests/view/t.py::t", 1.0)]
    run += [("notebooks/01.ipynb::Cell 1", 2.0)]
    assert shares(run) == {"security": 0.6, "notebooks": 0.2, "tests": 0.1, "view": 0.1}


def test_a_run_of_nothing_has_no_shares() -> None:
    assert shares([]) == {}
