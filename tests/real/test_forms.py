"""Every form in which a log is passed on: written by a helper and read again, it is the same log."""

import json
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.real import written
from tests.real.evtx_writer import evtx
from tokenlab.real import EventError, load_events, read_events
from tokenlab.real.forms.fields import FIELDS, own_case
from tokenlab.real.forms.times import windows_time
from tokenlab.worlds.busy_day import busy_day

LOG = busy_day().log.where(Channel="Security")
every_form = pytest.mark.parametrize("form", written.FORMS)


@every_form
def test_a_log_of_the_model_written_in_this_form_and_read_again_is_the_same_log(form):
    read = read_events(written.FORMS[form](LOG))
    assert list(read) == list(LOG)
    assert not [note for note in read.notes if "PS C:" not in note and "HTML" not in note]


def test_sysmons_channel_comes_back_from_xml_and_from_json():
    sysmon = busy_day().log.where(1, 3, 10)
    for form in ("XML, one a line", "JSON of evtx_dump"):
        assert list(read_events(written.FORMS[form](sysmon))) == list(sysmon)


# XML drops the \r of Windows' lists, so that a \n before a tab is read as theirs
SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
TEXT = st.text(SIGNS, max_size=40).filter(lambda text: "\n\t" not in text)
FIELD = st.sampled_from(
    ["SubjectUserName", "TargetUserName", "ProcessName", "WorkstationName", "CommandLine"]
)


@every_form
@settings(max_examples=20, deadline=None)
@given(
    places=st.lists(st.integers(0, len(LOG) - 1), min_size=1, max_size=4), texts=st.dictionaries(FIELD, TEXT)
)
def test_any_text_in_any_record_comes_back(form, places, texts):
    log = [
        LOG[place] | {name: text for name, text in texts.items() if name in LOG[place]} for place in places
    ]
    assert list(read_events(written.FORMS[form](log))) == log


@every_form
def test_a_log_that_was_cut_is_read_as_far_as_it_is_whole_or_refused(form):
    text = written.FORMS[form](LOG[:4])
    for end in range(0, len(text), 97):
        try:
            read = read_events(text[:end])
        except EventError:
            continue
        told = [event["RecordNumber"] for event in read]
        assert told == [event["RecordNumber"] for event in LOG[:4]][: len(told)]


# What spoils a record ----------------------------------------------------------------------------------

HEAD = "<System><EventID>104</EventID><Channel>System</Channel><Computer>WS-1</Computer></System>"


def test_data_named_like_a_part_of_the_head_does_not_overwrite_it():
    # a real 104, "The System log file was cleared", names the channel in its data
    text = (
        f"<Event>{HEAD}<UserData><LogFileCleared><Channel>Setup</Channel></LogFileCleared></UserData></Event>"
    )
    (event,) = read_events(text)
    assert (event["Channel"], event["EventData.Channel"]) == ("System", "Setup")
    (event,) = read_events(f'<Event>{HEAD}<EventData><Data Name="EventID">7</Data></EventData></Event>')
    assert (event["EventID"], event["EventData.EventID"]) == (104, "7")
    row = {"Event": {"System": {"EventID": 104}, "EventData": {"Hostname": "x", "RecordNumber": 3}}}
    (event,) = read_events(json.dumps(row))
    assert (event["Hostname"], event["RecordNumber"]) == ("-", 0)


def test_a_control_character_spoils_no_log_and_stays_what_it_is():
    # EVTX-ATTACK-SAMPLES has a 4661 whose PrivilegeList holds 0x0e; evtx_dump writes it as it is
    fields = '<Data Name="A">x\x0ey&#x2;&#3;</Data><Data Name="B">&#13;</Data>'
    text = f"<Event>{HEAD}<EventData>{fields}</EventData></Event>"
    (event,) = read_events(text)
    assert (event["A"], event["B"]) == ("x\x0ey\x02\x03", "\r")


def test_half_a_sign_is_read_as_a_sign_that_cannot_be_read():
    (event,) = read_events('{"EventID": 1, "A": "\\ud800x"}')
    assert event["A"] == "\ufffdx"
    assert read_events('{"EventID": 1, "A": "\\ud83d\\ude00"}')[0]["A"] == "\U0001f600"
    (event,) = read_events(f'<Event>{HEAD}<EventData><Data Name="A">\ud800</Data></EventData></Event>')
    assert event["A"] == "\ufffd"


@pytest.mark.parametrize(
    "text",
    [
        '{"EventID": 1, "A": ' + "[" * 3000 + "]" * 3000 + "}",
        '{"EventID": ' + "9" * 5000 + "}",
        '{"EventID": "' + "9" * 5000 + '"}',
        '{"EventID": 1, "A": -' + "1" * 4301 + "}",
        "EventID,A\n1," + "x" * 140_000,
        'EventID,A\n1,"x',
        "<Event>" * 3000,
        f"<Event>{HEAD}{'<a>' * 50}</Event>",
        '{"winlog": []}',
        '{"winlog.channel": "x", "winlog": 1}',
        '{"win": {"system": 3}}',
        '{"Event": {"System": null}}',
        '{"EventID": NaN}',
        '{"EventID": {"Value": []}}',
        '{"document": {"data": {"Event": 1}}}',
        '{"_raw": "LogName=Security"}',
        '{"hits": {"hits": []}}',
        '{"data": ' * 20 + "{}" + "}" * 20,
        "ElfFile\0",
        "Log Name:      Security\nSource: x",
        "Event[0]:\n  Log Name: Security",
    ],
    ids=lambda text: text[:24],
)
def test_what_cannot_be_read_is_the_documented_error(text):
    with pytest.raises(EventError) as error:
        read_events(text)
    assert len(str(error.value)) < 600


def test_a_number_that_is_long_is_no_number_of_a_record():
    assert read_events('{"EventID": 1, "RecordNumber": "' + "9" * 5000 + '"}')[0]["RecordNumber"] == 0


# Names and versions --------------------------------------------------------------------------------------


def test_names_come_out_in_windows_own_case_whatever_the_tool_did():
    assert [
        own_case(name) for name in ("subjectLogonId", "targetlogonid", "TARGETUSERNAME", "lmPackageName")
    ] == [
        "SubjectLogonId",
        "TargetLogonId",
        "TargetUserName",
        "LmPackageName",
    ]
    # of NXLog: the process that wrote the record, beside the field ProcessId
    assert (
        own_case("ProcessID") == "ProcessID"
        and own_case("port") == "port"
        and own_case("@version") == "@version"
    )


def old_process(version):
    fields = "".join(f'<Data Name="{name}">x</Data>' for name in FIELDS[4688][0].split())
    told = "" if version is None else f"<Version>{version}</Version>"
    return f"<Event><System><EventID>4688</EventID>{told}</System><EventData>{fields}</EventData></Event>"


@pytest.mark.parametrize("version", [0, 1, None])
def test_a_field_that_came_later_reads_as_a_dash_in_an_old_record(version):
    # "4688(S)", Event Versions: 1 (8.1) added the command line; 2 (10) the target, label, and creator's name
    (event,) = read_events(old_process(version))
    assert event["TargetLogonId"] == event["ParentProcessName"] == "-"
    assert event.get("CommandLine") == (None if version == 1 else "-")


def test_a_record_of_the_newest_version_is_not_filled():
    (event,) = read_events(old_process(2))
    assert "TargetLogonId" not in event


def test_fields_that_somebody_left_out_are_not_filled():
    assert "TargetLogonId" not in read_events('{"EventID": 4688, "NewProcessName": "x"}')[0]


@pytest.mark.parametrize(
    ("written_as", "windows"),
    [
        ("2021-12-07T17:33:01.397814Z", "2021-12-07T17:33:01.397814Z"),
        ("2021-12-07T18:33:01.397814+01:00", "2021-12-07T17:33:01.397814Z"),
        ("2021-12-07 17:33:01.397 +00:00", "2021-12-07T17:33:01.397Z"),
        (1638898381.397814, "2021-12-07T17:33:01.397814Z"),
        ("1638898381397", "2021-12-07T17:33:01.397Z"),
        ("/Date(1638898381397)/", "2021-12-07T17:33:01.397Z"),
        ("12/7/2021, 5:33:01.397 PM", "2021-12-07T17:33:01.397Z"),
        ("12/7/2021 12:03:01 AM", "2021-12-07T00:03:01Z"),
        ("2021-12-07 17:33:01", "2021-12-07T17:33:01"),
        ("13/13/2021 1:00:00", "13/13/2021T1:00:00"),
        ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59-05:00"),
        ("Dec 7, 2021 @ 17:33:01.397", "2021-12-07T17:33:01.397"),
        ("Dez 7, 2021 @ 17:33:01.397", "DezT7,T2021T@T17:33:01.397"),
        (None, ""),
    ],
)
def test_a_time_is_written_as_windows_does(written_as, windows):
    assert windows_time(written_as) == windows


# Other shapes of the same forms ------------------------------------------------------------------------


def test_kibanas_table_has_columns_with_dots():
    text = (
        '"@timestamp","winlog.event_id","winlog.channel","winlog.event_data.LogonType"\n'
        '"Dec 7, 2021 @ 17:33:01.397",4624,Security,9\n'
    )
    (event,) = read_events(text)
    assert (event["EventID"], event["LogonType"], event["TimeCreated"]) == (
        4624,
        "9",
        "2021-12-07T17:33:01.397",
    )


def test_windows_event_of_sentinel_holds_its_fields_as_json_and_event_as_xml():
    row = {"TimeGenerated": "2021-12-07T17:33:01Z", "EventID": 10, "Channel": "Sysmon", "Computer": "WS-1"}
    inside = '{"SourceImage": "x.exe"}'
    as_xml = '<DataItem><EventData xmlns="y"><Data Name="SourceImage">x.exe</Data></EventData></DataItem>'
    for data in (inside, json.loads(inside), as_xml):
        (event,) = read_events(json.dumps({**row, "EventData": data}))
        assert (event["SourceImage"], event["Channel"], event["Hostname"]) == ("x.exe", "Sysmon", "WS-1")
    for data in ('{"', "<DataItem>"):
        with pytest.raises(EventError, match="EventData is no"):
            read_events(json.dumps({**row, "EventData": data}))


def test_attributes_of_xml_are_no_fields():
    user = {"LogFileCleared_attributes": {"xmlns": "x"}, "LogFileCleared": {"SubjectUserName": "cosmo"}}
    row = {"Event": {"System": {"EventID": 1102}, "UserData": user}}
    assert "xmlns" not in read_events(json.dumps(row))[0]


def test_numbers_of_the_security_log_are_hexadecimal_there_and_those_of_sysmon_are_not():
    row = {"EventID": 1, "Computer": "WS-1", "EventData": {"ProcessId": 4711, "LogonId": 999}}
    sysmon = read_events(json.dumps({**row, "Channel": "Microsoft-Windows-Sysmon/Operational"}))[0]
    security = read_events(json.dumps({**row, "Channel": "Security"}))[0]
    assert (sysmon["ProcessId"], security["ProcessId"], security["LogonId"]) == ("4711", "0x1267", "0x3e7")


# Files -----------------------------------------------------------------------------------------------------


def test_without_its_package_a_binary_log_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "evtx", None)
    file = tmp_path / "Security.evtx"
    file.write_bytes(b"ElfFile\0" + bytes(120))
    with pytest.raises(EventError, match=r"pip install evtx .* wevtutil qe Security\.evtx /lf:true /f:xml"):
        load_events(file)


class Parser:
    """As much of the package as is used: a record, a damaged one, a record."""

    def __init__(self, file):
        assert file.read(7) == b"ElfFile"

    def records_json(self):
        class Records:
            place = 0

            def __iter__(self):
                return self

            def __next__(self):
                self.place += 1
                if self.place == 2:
                    raise RuntimeError("a damaged record")
                if self.place > 3:
                    raise StopIteration
                return {"data": json.dumps(written.tree(LOG[self.place]))}

        return Records()


def test_a_binary_log_is_read_by_its_package_and_damaged_records_are_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "evtx", SimpleNamespace(PyEvtxParser=Parser))
    file = tmp_path / "Security.evtx"
    file.write_bytes(b"ElfFile\0" + bytes(120))
    log = load_events(file)
    assert list(log) == [LOG[1], LOG[3]]
    assert log.notes == ("1 damaged records of the binary log were left out.",)


def written_as_evtx(log, folder):
    file = folder / "Security.evtx"
    file.write_bytes(evtx(log))
    return file


def test_a_binary_log_written_and_read_again_is_the_same_log(tmp_path):
    """By the package itself; it writes six digits of a second."""
    pytest.importorskip("evtx")
    day = [
        event | {"RecordNumber": number} for number, event in enumerate(busy_day().log, 1)
    ]  # as in one file
    log = load_events(written_as_evtx(day, tmp_path))
    assert list(log) == [event | {"TimeCreated": f"{event['TimeCreated'][:-1]}000Z"} for event in day]
    assert not log.notes


@settings(max_examples=20, deadline=None)
@given(texts=st.dictionaries(FIELD, TEXT.filter(lambda text: "\0" not in text)))
def test_any_text_in_a_binary_record_comes_back(tmp_path_factory, texts):
    pytest.importorskip("evtx")
    record = LOG[5] | {name: text for name, text in texts.items() if name in LOG[5]}
    [read] = load_events(written_as_evtx([record], tmp_path_factory.mktemp("log")))
    assert read | {"TimeCreated": ""} == record | {"TimeCreated": ""}


# A source without a manifest: its data has no names. As the package and evtx_dump write a record of 2021
# (dissect.eventlog's TestLogX.evtx); the text was lost in silence
UNNAMED = {
    "one": ({"Data": {"#text": "stopped"}, "Binary": None}, {"Data0": "stopped"}),
    "one, by an older version": ({"Data": "stopped"}, {"Data0": "stopped"}),
    "two": ({"Data": {"#text": ["a", "b"]}}, {"Data0": "a", "Data1": "b"}),
    "bytes": ({"Data": {"#text": "a"}, "Binary": "5400"}, {"Data0": "a", "Binary": "5400"}),
    "one with its name": ({"Data": {"#attributes": {"Name": "A"}, "#text": "b"}}, {"A": "b"}),
    "two with names": (
        {"Data": [{"#attributes": {"Name": "A"}, "#text": "b"}, {"#text": "c"}]},
        {"A": "b", "Data1": "c"},
    ),
}


@pytest.mark.parametrize(("data", "fields"), UNNAMED.values(), ids=UNNAMED)
def test_data_without_names_is_read_from_json(data, fields):
    [event] = read_events(json.dumps({"Event": {"System": {"EventID": 1}, "EventData": data}}))
    assert {name: value for name, value in event.items() if name not in written.HEAD} == fields


ROW = '{"EventID": 4624, "TimeCreated": "2026-03-02T08:00:00Z", "Text": "%s"}'


def test_a_long_array_is_read_in_batches_and_an_error_has_its_own_place():
    """Batches end between two objects of the array; what looks like that inside of one is left alone."""
    rows = [ROW % (f"{n}" * 40) for n in range(3000)]
    for separator in (", ", ",\n", "\n,\r\n  "):
        read = read_events(f"[{separator.join(rows)}]")
        assert [event["Text"] for event in read] == [f"{n}" * 40 for n in range(3000)]
    nested = [row.replace('"Text"', '"A": [{"b": 1}, {"b": 2}], "Text"') for row in rows]
    tricky = [ROW % "}, {" for _ in rows]
    for some in (nested, tricky, rows + nested + tricky):
        assert len(read_events(f"[{', '.join(some)}]")) == len(some)
    for wrong in ('{"x": 1}', "7", '{"EventID": 1,, }', ROW % "a\nb"):
        broken = [*rows[:2000], wrong, *rows[2000:]]
        with pytest.raises(EventError) as error:
            read_events("[" + ",\n".join(broken) + "]")
        assert error.value.line == 2001


ODD = {  # what people paste: the number and the field that must be there, or what the refusal names
    "an answer of ES|QL": (
        '{"columns": [{"name": "winlog.event_id"}, {"name": "winlog.event_data.LogonType"}],'
        ' "values": [["4624", "3"]]}',
        "3",
    ),
    "sequences of EQL": (
        '{"hits": {"sequences": [{"events": [{"_source":'
        ' {"winlog": {"event_id": 4624, "event_data": {"LogonType": "3"}}}}]}]}}',
        "3",
    ),
    "a number as Kibana shows it": ('"winlog.event_id","winlog.event_data.LogonType"\n"4,624",3\n', "3"),
    "a number that a table made a fraction": ('{"EventID": 4624.0, "LogonType": "3"}', "3"),
    "a number with blanks": ('{"EventID": " 4624 ", "LogonType": "3"}', "3"),
    "the header's process is not the record's": (
        '{"EventId": 4624, "ChunkNumber": 0, "ProcessId": 4, "Payload":'
        ' {"EventData": {"Data": [{"@Name": "LogonType", "#text": "3"}]}}}',
        "3",
    ),
    "Export-Csv": ('"Message","Id","ProviderName"\n"x","4624","y"\n', r"Export-Csv .*ToXml"),
    "Export-Clixml": ("<Objs><Obj><MS><I32>4624</I32></MS></Obj></Objs>", "wevtutil qe Security /f:xml"),
    "GELF": ('{"version": "1.1", "_EventID": 4624}', "wevtutil qe Security /f:xml"),
    "a payload that is none": ('{"EventId": 1, "ChunkNumber": 0, "Payload": "x"}', "EvtxECmd"),
}


@pytest.mark.parametrize(("text", "expected"), ODD.values(), ids=ODD)
def test_what_people_paste_is_read_or_refused_with_what_to_do(text, expected):
    if expected == "3":
        [event] = read_events(text)
        assert (event["EventID"], event["LogonType"]) == (4624, "3") and "ProcessId" not in event
    else:
        with pytest.raises(EventError, match=expected):
            read_events(text)


def test_half_a_character_is_read_in_a_batch_too():
    rows = [ROW % "\\ud800" for _ in range(3000)]
    assert {event["Text"] for event in read_events(f"[{', '.join(rows)}]")} == {"\ufffd"}


def test_data_without_names_is_read_from_xml_and_no_bytes_are_no_data():
    data = "<Data>a</Data><Data>b</Data><Binary>{}</Binary>"
    text = "<Event><System><EventID>1</EventID></System><EventData>" + data + "</EventData></Event>"
    [none], [some] = read_events(text.format("")), read_events(text.format("5400"))
    assert (none["Data0"], none["Data1"], some["Binary"]) == ("a", "b", "5400")
    assert "Binary" not in none and "Data2" not in some


def test_the_package_itself_refuses_a_log_without_records_as_documented(tmp_path):
    pytest.importorskip("evtx")
    file = tmp_path / "Security.evtx"
    for size in (0, 120, 4088, 70_000):
        file.write_bytes(b"ElfFile\0" + bytes(size))
        with pytest.raises(EventError, match="wevtutil"):
            load_events(file)


def test_a_packed_file_is_not_unpacked_and_bytes_that_are_no_text_are_told(tmp_path):
    file = tmp_path / "log"
    file.write_bytes(b"PK\x03\x04")
    with pytest.raises(EventError, match="zip archive"):
        load_events(file)
    file.write_bytes(b'{"EventID": 1, "A": "\xff\xfe\xfd"}')
    log = load_events(file)
    assert log[0]["A"] == "\ufffd\ufffd\ufffd" and "3 signs were not utf-8" in log.notes[0]
