"""Text that came from a log is data: no view formats it a second time, or takes it for markup."""

import pytest

from tests.view.pages import Page
from tokenlab.values import Events
from tokenlab.view import show
from tokenlab.worlds.labelled_log import LabelledLog, Story, key

HOSTILE = ("{type.__class__}", "{0}", "{", "{}", "%s%n", "{LogonType!r}", "<img src=x>")
FIELDS = (
    *("SubjectUserName", "SubjectDomainName", "SubjectLogonId", "TargetUserName", "TargetLogonId"),
    *("TargetOutboundUserName", "NewProcessName", "ParentProcessName", "ProcessName", "ObjectName"),
    *("PrivilegeList", "AccessMask", "HandleId", "LogonType", "ShareName", "RelativeTargetName"),
    *("Image", "TargetImage", "SourceImage", "User", "SourceUser", "TargetUser", "PipeName", "LogonId"),
    *("GrantedAccess", "DestinationIp", "DestinationPort", "IntegrityLevel", "ServiceName", "Status"),
)
SECURITY = (4624, 4625, 4634, 4648, 4656, 4663, 4672, 4673, 4674, 4688, 4703, 4768, 4769, 4776, 5140, 5145, 7)
SYSMON = (1, 3, 10, 17, 18, 22)


def records(text):
    """Every kind of record that a view has words for, with this text in all its fields."""
    said = dict.fromkeys(FIELDS, text)
    for channel, numbers in (("Security", SECURITY), ("Microsoft-Windows-Sysmon/Operational", SYSMON)):
        for number in numbers:
            yield {
                **said,
                "EventID": number,
                "RecordNumber": number,
                "TimeCreated": f"2026-03-02T08:00:00.{number % 1000:03}Z",
                "Hostname": "WS-1",
                "Channel": channel,
            }


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("options", [{}, {"fields": True}, {"threads": True}])
def test_no_view_of_a_log_formats_what_the_log_says(text, options):
    shown = show(Events(records(text)), **options)
    for words in (repr(shown), Page(shown.html).visible):
        assert text in words
        assert "<class" not in words and "NoneType" not in words
    assert "img" not in {name for name, _ in Page(shown.html).tags}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_view_of_a_trial_formats_what_a_story_says(text):
    log = Events(records(text))
    day = LabelledLog(log, (Story(text, text, text, frozenset(map(key, log))),))
    for shown in (show(day), show(day.judge(lambda log: log))):
        assert text in " ".join(Page(shown.html).visible.split())
        assert "img" not in {name for name, _ in Page(shown.html).tags}


def test_records_of_two_channels_with_the_same_number_are_two_records():
    log = Events(records("x"))
    assert len(set(map(key, log))) == len(log) == len(SECURITY) + len(SYSMON)
    same = [dict(log[0], RecordNumber=1), dict(log[-1], RecordNumber=1)]
    assert len(set(map(key, same))) == 2
