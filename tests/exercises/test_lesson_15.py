"""Half-right answers to the exercises of lesson 15, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find
from tokenlab.teach.exercises.incidents import tried
from tokenlab.teach.exercises.lesson_15 import ENDS
from tokenlab.teach.variant import Variant

Q1, Q2, Q3, Q4, Q5, Q6 = (task(f"15.{number}") for number in range(1, 7))
PLAYED = {"played_untrusted": "nobody", "played_resource": "everybody who is not protected"}
LOGONS = [event for event in Q1.events if event["EventID"] == 4624]
DESKTOP = any("LogonType 10" in line for line in Q6.evidence)


def by_id_alone(logons, reads):
    """Forgets the machine, and takes the last logon there is."""
    return [
        max((one for one in logons if one[2] == read[2]), default=[None] * 6)[3:] or None for read in reads
    ]


def never_none(logons, reads):
    """Right where there is a logon; makes one up where there is none."""
    found = []
    for time, machine, logon_id, _ in reads:
        fits = [one for one in logons if one[1:3] == [machine, logon_id] and one[0] <= time]
        found.append(max(fits or logons)[3:])
    return found


HALF_RIGHT = [
    ("15.1", {"session": LOGONS[-1]["TargetLogonId"], "type": "2, at the machine", "from": Q1.first,
              "proof": f"{Q1.admin} read it"}, 1, ("the-name-is-the-person",)),
    ("15.1", {"session": LOGONS[0]["TargetLogonId"], "type": "3, over the network", "from": None,
              "proof": "nothing at all"}, 2, ("one-event-is-a-verdict",)),
    ("15.2", {"wire": Q2.user, "how": "a logon of its own", "here": Q2.service, "origin": "viewer.exe",
              "watch": f"tickets for {Q2.service} from {Q2.desk}"}, 2,
     ("whoami-is-the-wire", "the-log-sees-all", "netonly-changes-the-token")),
    ("15.2", {"wire": Q2.service, "how": None, "here": Q2.user, "origin": "explorer.exe", "watch": None}, 2,
     ("one-event-is-a-verdict",)),
    ("15.4", {"script": "2", "try": "1802 denied by", "hop": "anonymous", "read": "no entry",
              "after": "refused", "unseen": f"{Q4.service} enters {Q4.first}"}, 0,
     ("only-a-line-with-ones-own-name", "every-logon-has-credentials", "a-repaired-dacl-throws-out",
      "the-log-sees-all")),
    ("15.4", {"script": str([str(ace) for ace in Q4.dacl].index(f"(A;;FR;;;{Q4.reader})") + 1),
              "try": "1805 not granted", "hop": None, "read": "2", "after": "refused", "unseen": None}, 3,
     ("a-repaired-dacl-throws-out",)),
    ("15.6", "script", 3, ("what-works-costs-nothing",)),
    ("15.6", "secret", 3, ("what-works-costs-nothing",)),
    ("15.6", "resource", 0 if DESKTOP else 3,
     ("a-strong-setting-is-a-fix",) if DESKTOP else ("what-does-not-lie-there-is-safe",)),
    ("15.6", "lsa", 0, ("a-strong-setting-is-a-fix",)),
    ("15.6", "disabled", 2, ("a-standstill-is-a-fix",)),
    ("15.6", "guard", 0, ("a-strong-setting-is-a-fix",)),
    ("15.6", "sensitive" if DESKTOP else "restricted", 0, ("a-strong-setting-is-a-fix",)),
    ("15.7", by_id_alone, 2, ("logon-ids-are-global", "one-event-is-a-verdict")),
    ("15.7", never_none, 6, ("one-event-is-a-verdict",)),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert result.misconceptions == beliefs, str(result)


def test_who_thinks_that_nothing_stops_it_is_right_about_some_fixes_only():
    result = judged(find("15.5"), {f"fix_{number}": ENDS[""] for number in range(1, 6)} | PLAYED)
    cause = "desktop" if any("LogonType 10" in line for line in Q5.evidence) else "delegation"
    right = sum(not tried(fix, cause)[0] for fix in Q5.fixes)
    assert result.points - 2 == right and right in range(1, 5)
    assert result.misconceptions == ("a-strong-setting-is-a-fix",)


def test_who_goes_out_before_the_token_is_carried_loses_that_rule():
    words = (
        Q3.admin + " leaves",
        Q3.admin + " visits",
        "finds a password",
        "type 9",
        "4769",
        "4672",
        "Sysmon",
    )
    order = in_order("15.3", (*words, f"type 3: {Q3.admin}", "carries", "4663"))
    result = judged(find("15.3"), order)
    assert result.points == 6 and result.misconceptions == ("the-log-sees-all",)


def test_there_are_both_causes_and_every_way_to_borrow_among_learners():
    names = [f"learner{number}" for number in range(30)]
    evidence = {"LogonType 10" in task_of("15.6", name)["evidence"][0] for name in names}
    borrowed = {str(task_of("15.2", name)["events"]).count("'LogonType': '9'") for name in names}
    assert evidence == {True, False} and borrowed == {0, 1}


def task_of(number, name):
    return find(number).make(Variant(name).stream(number)).given
