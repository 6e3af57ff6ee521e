"""A log of the model as each tool would write it, to be read again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape as html_escape
from io import StringIO
from typing import Any
from xml.sax.saxutils import escape

from tokenlab.real.forms.fields import FIELDS
from tokenlab.values import Event

HEAD = ("EventID", "RecordNumber", "TimeCreated", "Channel", "Hostname")
Log = Iterable[Event]


def data(event: Event) -> dict[str, str]:
    return {name: value for name, value in event.items() if name not in HEAD}


def lines(rows: Iterable[object]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


# Windows' XML ----------------------------------------------------------------------------------------


def element(event: Event) -> str:
    def text(value: object) -> str:
        return escape(str(value), {"\r": "&#13;"})

    fields = "".join(f'<Data Name="{name}">{text(value)}</Data>' for name, value in data(event).items())
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        f"<EventID>{event['EventID']}</EventID><TimeCreated SystemTime='{event['TimeCreated']}'/>"
        f"<EventRecordID>{event['RecordNumber']}</EventRecordID><Channel>{text(event['Channel'])}</Channel>"
        f"<Computer>{text(event['Hostname'])}</Computer></System><EventData>{fields}</EventData></Event>"
    )


def xml(log: Log) -> str:
    return "\n".join(map(element, log))


def xml_as_evtx_dump(log: Log) -> str:
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return "\n".join(f"Record {number}\n{head}\n{element(event)}" for number, event in enumerate(log, 1))


# Trees of JSON ---------------------------------------------------------------------------------------


def without_braces(name: str, value: str) -> str:
    return value.strip("{}").upper() if name.endswith("Guid") else value


def number(name: str, value: str) -> object:
    return int(value) if name in ("LogonType", "KeyLength", "EventIdx") and value.isdecimal() else value


def tree(event: Event) -> dict[str, Any]:
    fields = {name: number(name, without_braces(name, value)) for name, value in data(event).items()}
    return {
        "Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
                "EventID": event["EventID"],
                "TimeCreated": {"#attributes": {"SystemTime": event["TimeCreated"]}},
                "EventRecordID": event["RecordNumber"],
                "Correlation": None,
                "Channel": event["Channel"],
                "Computer": event["Hostname"],
            },
            "EventData": fields,
        }
    }


def pretty(log: Log) -> str:
    return "".join(f"Record {n}\n{json.dumps(tree(one), indent=2)}\n" for n, one in enumerate(log, 1))


def wrapped(log: Log) -> str:
    return lines(
        {"event_record_id": one["RecordNumber"], "timestamp": one["TimeCreated"], "data": tree(one)}
        for one in log
    )


def separate(event: Event) -> dict[str, Any]:
    """As Chainsaw has it, with attributes beside their element."""
    found = tree(event)["Event"]
    system = found["System"]
    system["Provider_attributes"] = system.pop("Provider")["#attributes"]
    system["TimeCreated_attributes"] = system.pop("TimeCreated")["#attributes"]
    return {"Event": {**found, "Event_attributes": found.pop("#attributes")}}


def chainsaw(log: Log) -> str:
    return json.dumps(
        [
            {
                "group": "Sigma",
                "kind": "individual",
                "document": {"kind": "evtx", "path": "Security.evtx", "data": separate(event)},
                "name": "a rule",
                "timestamp": event["TimeCreated"],
            }
            for event in log
        ]
    )


def velociraptor(log: Log) -> str:
    def row(event: Event) -> dict[str, Any]:
        found = tree(event)["Event"]
        moment = datetime.fromisoformat(event["TimeCreated"].replace("Z", "+00:00")).timestamp()
        system = {
            **found["System"],
            "EventID": {"Value": event["EventID"]},
            "TimeCreated": {"SystemTime": moment},
        }
        fields = {
            name: int(value, 16) if name.endswith(("LogonId", "ProcessId")) and value[:2] == "0x" else value
            for name, value in found["EventData"].items()
        }
        return {"System": system, "EventData": fields, "Message": "..."}

    return lines(map(row, log))


# Collectors ------------------------------------------------------------------------------------------


def beat(event: Event) -> dict[str, Any]:
    return {
        "@timestamp": event["TimeCreated"],
        "winlog": {
            "event_id": str(event["EventID"]),
            "channel": event["Channel"],
            "record_id": event["RecordNumber"],
            "computer_name": event["Hostname"],
            "event_data": data(event),
        },
        "event": {"code": str(event["EventID"]), "kind": "event"},
        "host": {"name": event["Hostname"].partition(".")[0]},
    }


def flattened(row: dict[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        found |= flattened(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return found


def kibana(log: Log) -> str:
    hits = [
        {"_id": str(n), "fields": {name: [value] for name, value in flattened(beat(event)).items()}}
        for n, event in enumerate(log)
    ]
    return json.dumps({"took": 3, "hits": {"total": {"value": len(hits)}, "hits": hits}}, indent=1)


def hits(log: Log) -> str:
    found = [{"_index": "winlogbeat", "_source": beat(event)} for event in log]
    return json.dumps({"timed_out": False, "hits": {"events": found}})


def lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def wazuh(log: Log) -> str:
    return lines(
        {
            "timestamp": event["TimeCreated"],
            "rule": {"level": 3, "id": "60106"},
            "data": {
                "win": {
                    "system": {
                        "eventID": str(event["EventID"]),
                        "systemTime": event["TimeCreated"],
                        "eventRecordID": str(event["RecordNumber"]),
                        "channel": event["Channel"],
                        "computer": event["Hostname"],
                    },
                    "eventdata": {lower(name): value for name, value in data(event).items()},
                }
            },
        }
        for event in log
    )


_NAMES = (name for parts in FIELDS.values() for part in parts for name in part.split())
COLUMNS = dict.fromkeys(name for name in _NAMES if not name.startswith("Cert"))  # the model's 4768 has none
"""The table has a column for each field of any event, empty in most rows."""


def sentinel_row(event: Event) -> dict[str, Any]:
    others = {"LinkedWorkspace": "", "GroupMembershipOfNobody": None, "SourceSystem": "OpsManager"}
    own = " ".join(FIELDS.get(event["EventID"], ())).split()
    empty = {name: "" for name in COLUMNS if name not in HEAD and name not in own}
    return {
        "TimeGenerated": event["TimeCreated"],
        "Account": "x\\y",
        "Computer": event["Hostname"],
        "EventSourceName": "Microsoft-Windows-Security-Auditing",
        "Channel": event["Channel"],
        "EventID": event["EventID"],
        "EventRecordId": str(event["RecordNumber"]),
        "Activity": f"{event['EventID']} - x",
        **empty,
        **data(event),
        **others,
        "Type": "SecurityEvent",
    }


def sentinel(log: Log) -> str:
    return json.dumps([sentinel_row(event) for event in log])


def log_analytics(log: Log) -> str:
    rows = [sentinel_row(event) for event in log]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name) for name in names] for row in rows]
    columns = [{"name": name, "type": "string"} for name in names]
    return json.dumps({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": cells}]})


def table(rows: list[dict[str, Any]]) -> str:
    file = StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(file, names)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def sentinel_csv(log: Log) -> str:
    rows = [sentinel_row(event) for event in log]
    return table([{**row, "TimeGenerated [UTC]": row.pop("TimeGenerated")} for row in rows])


def splunk_rows(log: Log) -> list[dict[str, Any]]:
    return [
        {"_time": "x", "_raw": element(event), "EventCode": "1", "host": "h", "sourcetype": "XmlWinEventLog"}
        for event in log
    ]


def hayabusa(log: Log) -> str:
    return lines(
        {
            "Timestamp": event["TimeCreated"].replace("T", " ").replace("Z", " +00:00"),
            "RuleTitle": "a rule",
            "Computer": event["Hostname"],
            "Channel": "Sec",
            "EventID": event["EventID"],
            "RecordID": event["RecordNumber"],
            "AllFieldInfo": {name: number(name, value) for name, value in data(event).items()},
        }
        for event in log
    )


def nxlog(log: Log) -> str:
    return lines({**event, "SourceModuleType": "im_msvistalog"} for event in log)


def evtxecmd_rows(log: Log) -> list[dict[str, Any]]:
    def row(number: int, event: Event) -> dict[str, Any]:
        fields = [{"@Name": name, "#text": value} for name, value in data(event).items()]
        return {
            "RecordNumber": number,
            "EventRecordId": str(event["RecordNumber"]),
            "TimeCreated": event["TimeCreated"].replace("Z", "+00:00"),
            "EventId": event["EventID"],
            "Channel": event["Channel"],
            "ProcessId": 4,
            "ThreadId": 8,
            "Computer": event["Hostname"],
            "ChunkNumber": 0,
            "MapDescription": "what its map says",
            "PayloadData1": "an extract",
            "Payload": json.dumps({"EventData": {"Data": fields}}),
        }

    return [row(number, event) for number, event in enumerate(log, 1)]


FORMS: dict[str, Callable[[Log], str]] = {
    "XML, one a line": xml,
    "XML in <Events>": lambda log: f"<?xml version='1.0'?>\n<Events>{xml(log)}</Events>",
    "XML after a prompt": lambda log: f"PS C:\\> wevtutil qe Security /f:xml\n{xml(log)}\nPS C:\\> ",
    "XML of evtx_dump": xml_as_evtx_dump,
    "XML with the line ends of Windows": lambda log: xml(log).replace("\n", "\r\n"),
    "JSON of evtx_dump": pretty,
    "JSON lines of evtx_dump": lambda log: lines(map(tree, log)),
    "JSON lines of the evtx package": wrapped,
    "JSON of Chainsaw's search": lambda log: json.dumps([separate(event) for event in log]),
    "JSON of Chainsaw's hunt": chainsaw,
    "Velociraptor": velociraptor,
    "Winlogbeat": lambda log: lines(map(beat, log)),
    "Winlogbeat, flat": lambda log: lines(flattened(beat(event)) for event in log),
    "Elasticsearch's hits": hits,
    "Kibana's fields": kibana,
    "events around them": lambda log: json.dumps({"events": [beat(event) for event in log]}),
    "Wazuh": wazuh,
    "Sentinel": sentinel,
    "Sentinel, CSV": sentinel_csv,
    "Log Analytics' tables": log_analytics,
    "Splunk": lambda log: lines({"preview": False, "result": row} for row in splunk_rows(log)),
    "Splunk, CSV": lambda log: table(splunk_rows(log)),
    "Splunk's results": lambda log: json.dumps({"results": splunk_rows(log)}),
    "Hayabusa, all fields": hayabusa,
    "EvtxECmd": lambda log: lines(evtxecmd_rows(log)),
    "EvtxECmd, CSV": lambda log: table(evtxecmd_rows(log)),
    "Elasticsearch's bulk": lambda log: "".join('{"index": {}}\n' + lines([beat(event)]) for event in log),
    "a list of XML": lambda log: json.dumps(list(map(element, log))),
    "XML out of a page's source": lambda log: html_escape(xml(log)),
}
