"""Half-right answers to the exercises of lesson 14, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

Q1, Q2, Q6 = task("14.1"), task("14.2"), task("14.6")
WAYS = {
    "2": "at the machine",
    "3": "over the network",
    "4": "as a scheduled task",
    "9": "with new credentials",
}
TYPES = {event["LogonType"]: event for event in Q1.events.values()}
CAME = {letter: WAYS[event["LogonType"]] for letter, event in Q1.events.items()}
RIGHT_1 = {**CAME, "follow": TYPES["9"]["TargetLogonId"], "asked": TYPES["4"]["SubjectUserName"]}
SILENT, LOUD = ("worn", "copied", "ticket", "read"), ("started", "netonly", "itself", "watched")
CURES = (
    "leave out logons whose outbound name is the administrator's",
    "tie each to its 4688, and leave out parents that are known, by their whole paths",
)


def by_the_number():
    """Ties by the logon id alone, whatever the machine."""
    tied = {
        letter: Q2.logon_id in (event["SubjectLogonId"], event.get("TargetLogonId"))
        for letter, event in Q2.events.items()
    }
    return {letter: "that session" if yes else "another session" for letter, yes in tied.items()}


def by_the_user():
    """Ties by the user, whatever the number."""
    user = next(event["SubjectUserName"] for event in Q2.events.values() if "ShareName" in event)
    return {
        letter: "that session" if event["SubjectUserName"] == user else "another session"
        for letter, event in Q2.events.items()
    }


def ignores_the_machine(log, known):
    strange = {
        event["TargetLogonId"]
        for event in log
        if event["EventID"] == 4688 and event["ParentProcessName"] not in known
    }
    return [
        n
        for n, event in enumerate(log)
        if event.get("LogonType") == "9" and event["TargetLogonId"] in strange
    ]


def every_type_9(log, known):
    return [n for n, event in enumerate(log) if event.get("LogonType") == "9"]


def every_strange_logon(log, known):
    strange = {
        (e["Hostname"], e["TargetLogonId"])
        for e in log
        if e["EventID"] == 4688 and e["ParentProcessName"] not in known
    }
    return [n for n, e in enumerate(log)
            if e["EventID"] == 4624 and (e["Hostname"], e["TargetLogonId"]) in strange]  # fmt: skip


def by_children_only(log, known):
    """Right, but for a program that logs on by itself."""
    strange = {
        (event["Hostname"], event["TargetLogonId"])
        for event in log
        if event["EventID"] == 4688 and event["ParentProcessName"] not in known
    }
    return [
        n
        for n, event in enumerate(log)
        if event.get("LogonType") == "9" and (event["Hostname"], event["TargetLogonId"]) in strange
    ]


def silent(log, known):
    return []


HALF_RIGHT = [
    ("14.1", RIGHT_1 | {"follow": TYPES["9"]["SubjectLogonId"], "asked": TYPES["4"]["TargetUserName"]}, 4,
     ("subject-is-who-came",)),
    ("14.1", RIGHT_1 | dict.fromkeys("ABCD", "as a service"), 2, ("the-name-tells-how",)),
    ("14.2", by_the_number(), 3, ("a-logon-id-is-the-same-everywhere",)),
    ("14.2", by_the_user(), 1,
     ("subject-is-who-came", "same-user-same-session", "a-logon-id-is-the-same-everywhere")),
    ("14.3", dict.fromkeys((*SILENT, *LOUD), "something"), 4, ("the-log-sees-all",)),
    ("14.3", dict.fromkeys((*SILENT, *LOUD), "nothing"), 4, ("what-is-done-with-tokens-leaves-nothing",)),
    ("14.5", ignores_the_machine, 5, ("a-logon-id-is-the-same-everywhere", "new-credentials-start-a-program")),
    ("14.5", by_children_only, 7, ("new-credentials-start-a-program",)),
    ("14.5", every_type_9, 0, ("one-event-is-a-verdict", "a-logon-id-is-the-same-everywhere", "finding-all-is-enough",
      "new-credentials-start-a-program")),
    ("14.5", silent, 1, ("one-event-is-a-verdict", "a-logon-id-is-the-same-everywhere", "finding-all-is-enough",
      "new-credentials-start-a-program")),
    ("14.5", every_strange_logon, 3,
     ("a-logon-id-is-the-same-everywhere", "finding-all-is-enough", "new-credentials-start-a-program")),
    ("14.6", {"precision": f"{Q6.attacks} of {Q6.work + Q6.attacks}",
              "recall": f"{Q6.attacks + 1} of {Q6.attacks + 1}", "cure": CURES[0], "unseen": "none"}, 3,
     ("the-log-sees-all", "one-event-is-a-verdict")),
    ("14.6", {"precision": f"{Q6.attacks} of {Q6.attacks + 1}", "recall": f"{Q6.attacks} of {Q6.attacks + 1}",
              "cure": CURES[1], "unseen": "4624 of type 9"}, 2, ("finding-all-is-enough", "the-log-sees-all")),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert sorted(result.misconceptions) == sorted(beliefs), str(result)


def test_who_puts_the_server_before_the_ticket_loses_that_rule():
    order = in_order(
        "14.4", ("LogonType 2", "spoolsv.exe", ", ProcessId", "LogonType 3", "ShareName", "ServiceName")
    )
    result = judged(find("14.4"), order)
    assert result.points == 3 and result.misconceptions == ("a-logon-id-is-the-same-everywhere",)


def test_who_starts_the_second_program_first_loses_two_rules():
    order = in_order(
        "14.4", (", ProcessId", "spoolsv.exe", "LogonType 2", "ServiceName", "LogonType 3", "ShareName")
    )
    result = judged(find("14.4"), order)
    assert result.points == 2 and result.misconceptions == ("same-user-same-session",)
