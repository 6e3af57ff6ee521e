"""Up to 300,000 signs of what could take quadratic time: then these tests never end."""

from contextlib import suppress

import pytest

from tokenlab.real import DescriptorTextError, EventError, from_whoami, read_descriptor, read_events
from tokenlab.real.exports import ExportError, read_descriptors

pytestmark = pytest.mark.slow
SIGNS = 300_000
EVENT = "<Event><System><EventID>1</EventID></System></Event>"
LOGS = [
    *("<Event ", "<Event>", "</Event>", "<Event/>", EVENT + "\n\n\n", "\n", "- ", "<", "&#1;", "Record 1\n"),
    *(
        '{"EventID": 1}\n',
        '{"a": 1, ',
        "[",
        '{"EventID": 1, "A": "\\\\ud800"}',
        "PS C:\\\\",
        "C:\\\\x>\n",
        "$ x\n",
    ),
    *(";TimeGenerated", ",EventID", "EventID,A\n1,2\n", '"', "Log Name: x\n", "```\n", "winlog.event_id,"),
]


@pytest.mark.parametrize("before", ["", EVENT, '[{"EventID": 1},', "EventID,A\n"])
@pytest.mark.parametrize("piece", LOGS)
def test_no_log_takes_longer_than_another_of_its_length(piece, before):
    try:
        read_events(before + piece * (SIGNS // len(piece)))
    except EventError as error:
        assert len(str(error)) < 2000


DESCRIPTORS = [
    *(" ", "\n", "D:", "D: ", "O:BA", "O:BA ", "D:(", "(A;;FA;;;SY)", "(A;;FA;;;SY)\n", "S:(", "G:SY\n"),
    *(
        "a ",
        "a:(",
        "a:()",
        "x:(F) ",
        "C:\\x Everyone:(F)\n",
        "C:\\x a b:(F)\n",
        "   a:(F)\n",
        "C:\\y\nD:(A;;FA;;;SY)\n",
    ),
    *(
        "01 00 ",
        "0100",
        "01,",
        "Sddl : x\n",
        "Access : Everyone Allow Read\n",
        " x\n",
        "Path : x\n",
        "BUILTIN\\",
    ),
]


@pytest.mark.parametrize(
    "before", ["", "C:\\x ", "Access : Everyone Allow  Read\n", "D:(A;;FA;;;SY)", "0100"]
)
@pytest.mark.parametrize("piece", DESCRIPTORS)
def test_no_descriptor_takes_longer_than_another_of_its_length(piece, before):
    text = before + piece * (SIGNS // len(piece)) + "x:(F)"
    with suppress(DescriptorTextError):
        read_descriptor(text)
    with suppress(ExportError):
        read_descriptors(text.splitlines())


@pytest.mark.parametrize(
    "piece", ["{", '{"a": ', "a\\b\n", "S-1-5-21-x", "S-1-5-21-xx-", "\0", "S-1-5-21-xx \n"]
)
def test_no_whoami_takes_longer_than_another_of_its_length(piece):
    try:
        from_whoami(piece * (SIGNS // len(piece)))
    except ValueError as error:
        assert type(error).__name__ == "WhoamiError"
