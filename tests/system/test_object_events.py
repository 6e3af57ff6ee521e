"""What the log says of opens, uses and processes, field by field as real records have it."""

import json
from dataclasses import replace

import pytest

from tests.support import load_json, shared_file
from tests.system.scene import COSMO, DIARY, NOVA, desk, elevated, error, shell
from tokenlab import FileRights, ProcessRights, TokenRights
from tokenlab.security import Acl, SecurityDescriptor
from tokenlab.system import Section, Semaphore, WindowStation
from tokenlab.values import SectionRights, SemaphoreRights, ThreadRights, WindowStationRights

COLLECTORS = {  # what those who gathered the real events added, or left out
    *("EventTime", "@timestamp", "Channel", "Hostname", "RecordNumber", "TimeCreated", "Message", "tags"),
    *("@version", "host", "port", "Level", "Keywords", "source", "license"),
}
AUDITED = "O:SYG:SYD:(A;;0x1200a9;;;BU)(A;;FA;;;SY)S:(AU;SAFA;FA;;;WD)"


def real_events(number):
    """The real events with this number, without what collectors added."""
    found = []
    first = shared_file("real/events/empire_invoke_runas_2019-05-18204300.security_subset.json")
    for path in sorted(first.parent.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        events = json.loads(text) if text.lstrip().startswith("[") else map(json.loads, text.splitlines())
        found += [event for event in events if event.get("EventID") == number]
    return found


def one_of_each():
    """A log with every event about objects and processes in it."""
    machine = desk()
    process = shell(machine, COSMO)
    handle = process.create(DIARY, FileRights.ALL_ACCESS)
    handle.object.descriptor = SecurityDescriptor.from_sddl(AUDITED)
    process.open(DIARY, FileRights.READ).read()
    admin = elevated(machine, "SeDebugPrivilege", "SeTakeOwnershipPrivilege")
    admin.open(machine.process("lsass.exe"), ProcessRights.VM_READ)
    admin.open(DIARY, FileRights.WRITE_OWNER).close()
    machine.policy.full_privilege_auditing = True
    admin.open(machine.process("lsass.exe"), ProcessRights.VM_READ)
    process.exit()
    return machine.log


@pytest.mark.parametrize("number", [4673, 4674, 4688])
def test_an_event_has_the_fields_of_a_real_one(number):
    ours = one_of_each().events(number)[-1]
    fields = set().union(*real_events(number)) - COLLECTORS
    assert set(ours) - COLLECTORS == fields


@pytest.mark.parametrize(
    ("number", "fields"),
    [
        (4656, "ObjectServer ObjectType ObjectName HandleId AccessList AccessReason AccessMask PrivilegeList"
               " RestrictedSidCount ProcessId ProcessName ResourceAttributes"),
        (4658, "ObjectServer HandleId ProcessId ProcessName"),
        (4663, "ObjectServer ObjectType ObjectName HandleId AccessList AccessMask ProcessId ProcessName"
               " ResourceAttributes"),
        (4689, "Status ProcessId ProcessName"),
    ],
)  # fmt: skip
def test_an_event_has_the_fields_its_page_lists(number, fields):
    """The page of the event on Microsoft Learn."""
    ours = set(one_of_each().events(number)[-1]) - COLLECTORS - {"EventID"}
    subject = {f"Subject{field}" for field in ("UserSid", "UserName", "DomainName", "LogonId")}
    assert ours == subject | set(fields.split())


def test_a_4656_gives_the_reasons_of_a_real_one():
    """A real 4656: a user of BUILTIN\\Users opens a system file for 0x120089."""
    (real,) = [
        event
        for event in load_json("real/access_reason_events.json")
        if event["EventID"] == 4656 and event["ObjectName"].endswith("21f9a9c4a2f8b514.cdf-ms")
    ][:1]
    ours = one_of_each().events(4656)[0]
    for field in ("AccessList", "AccessReason"):
        assert ours[field].split() == real[field].split()
    assert ours["AccessMask"] == real["AccessMask"] and ours["PrivilegeList"] == real["PrivilegeList"]
    assert ours["ObjectType"] == real["ObjectType"]


def test_a_refused_open_is_an_audit_failure_with_what_was_asked_for():
    machine = desk()
    process = shell(machine, COSMO)
    handle = process.create(DIARY, FileRights.ALL_ACCESS)
    handle.object.descriptor = SecurityDescriptor.from_sddl(AUDITED)
    error(process.open, DIARY, FileRights.READ_DATA | FileRights.WRITE_DATA)
    (event,) = machine.log.events(4656)
    assert (event["Keywords"], event["HandleId"]) == ("0x8010000000000000", "0x0")
    assert event["AccessMask"] == "0x100083"
    assert "%%4417:\t%%1805" in event["AccessReason"] and "%%4416:\t%%1801" in event["AccessReason"]


def test_nothing_is_written_where_no_audit_line_asks():
    machine = desk()
    process = shell(machine, COSMO)
    process.create(DIARY, FileRights.ALL_ACCESS).close()
    process.open(DIARY, FileRights.READ).read()
    error(process.open, r"C:\Windows\System32\config\SAM", FileRights.READ)
    assert not machine.log.events(4656, 4658, 4663)


@pytest.mark.parametrize(
    ("sacl", "right", "fires"),
    [
        ("(AU;SA;FR;;;WD)", FileRights.READ_DATA, True),
        ("(AU;FA;FR;;;WD)", FileRights.READ_DATA, False),
        ("(AU;SA;0x116;;;WD)", FileRights.READ_DATA, False),
        ("(AU;SA;FW;;;WD)", FileRights.READ_DATA, True),  # SYNCHRONIZE: every CreateFile asks for it
        ("(AU;SA;FR;;;SY)", FileRights.READ_DATA, False),
        ("(AU;SAOICIIO;FR;;;WD)", FileRights.READ_DATA, False),
    ],
)
def test_an_audit_line_waits_for_its_sid_its_rights_and_its_outcome(sacl, right, fires):
    """[MS-DTYP] 2.4.4.10."""
    machine = desk()
    process = shell(machine, COSMO)
    handle = process.create(DIARY, FileRights.ALL_ACCESS)
    handle.object.descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(A;;FA;;;WD)S:{sacl}")
    process.open(DIARY, right)
    assert bool(machine.log.events(4656)) is fires


def made(kind, name):
    return lambda process: process.create_object(kind, name).object


@pytest.mark.parametrize(
    ("thing", "right", "message"),
    [
        # the message table of msobjs.dll: %%4560 "Force thread termination", %%4592 "AssignAsPrimary",
        # %%4528 "Query semaphore state", %%4512 "Query section state", %%6656 "Enumerate desktops",
        # %%6672 "Read Objects"
        (lambda process: process.thread, ThreadRights.TERMINATE, "%%4560"),
        (lambda process: process.thread, ThreadRights.IMPERSONATE, "%%4568"),
        (lambda process: process.token, TokenRights.QUERY, "%%4595"),
        (lambda process: process, ProcessRights.TERMINATE, "%%4480"),
        (made(Semaphore, r"Local\gate"), SemaphoreRights.QUERY_STATE, "%%4528"),
        (made(Section, r"Local\shared"), SectionRights.MAP_WRITE, "%%4513"),
        (made(WindowStation, r"WindowStations\Lab"), WindowStationRights.READSCREEN, "%%6665"),
    ],
)
def test_each_type_of_object_has_its_own_messages_for_its_rights(thing, right, message):
    machine = desk()
    process = shell(machine, COSMO)
    target = thing(process)
    audit = SecurityDescriptor.from_sddl("S:(AU;SA;0xffff;;;WD)").sacl
    sacl = Acl([*(target.descriptor.sacl or ()), *audit])
    target.descriptor = replace(target.descriptor, sacl=sacl)
    process.open(target, right)
    assert machine.log.events(4656)[-1]["AccessList"].split() == [message]


def test_who_reads_the_memory_of_lsass_is_written_down():
    """What's new in Windows 10 security auditing: the SACL of lsass.exe."""
    machine = desk()
    error(shell(machine, COSMO).open, machine.process("lsass.exe"), ProcessRights.VM_READ)
    (event,) = machine.log.events(4656)
    assert (event["ObjectName"], event["AccessList"].split()) == (
        r"\Device\HarddiskVolume2\Windows\System32\lsass.exe",
        ["%%4484"],
    )


def test_an_open_by_privilege_is_written_down_as_well():
    """Sigma's "Potentially Suspicious AccessMask Requested From LSASS" finds debuggers by their 4656."""
    machine = desk()
    admin = elevated(machine, "SeDebugPrivilege", "SeBackupPrivilege")
    handle = admin.open(machine.process("lsass.exe"), ProcessRights.VM_READ)
    (event,) = machine.log.events(4656)
    assert (event["AccessMask"], event["HandleId"]) == ("0x10", f"{handle.value:#x}")
    assert (event["AccessReason"], event["PrivilegeList"]) == ("-", "-")
    sam = machine.objects.find(r"C:\Windows\System32\config\SAM")
    sam.descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FA;;;SY)S:(AU;SA;FA;;;WD)")
    admin.open(sam, FileRights.READ_DATA, backup=True)
    assert machine.log.events(4656)[-1]["PrivilegeList"] == "SeBackupPrivilege"


def test_an_open_for_backup_gives_a_reason_for_every_right():
    """A recorded 4656 of a file opened for restoring: 1801 where the DACL grants, 1805 where only a privilege
    did, and both privileges in the list."""
    machine = desk()
    admin = elevated(machine, "SeBackupPrivilege", "SeRestorePrivilege")
    notepad = machine.objects.find(r"C:\Windows\System32\notepad.exe")
    notepad.descriptor = SecurityDescriptor.from_sddl(f"{notepad.descriptor}S:(AU;SA;FA;;;WD)")
    handle = admin.open(
        notepad, FileRights.READ_DATA | FileRights.WRITE_DATA | FileRights.WRITE_DAC, backup=True
    )
    assert handle.granted_access == 0x140083
    event = machine.log.events(4656)[-1]
    assert event["PrivilegeList"].split() == ["SeBackupPrivilege", "SeRestorePrivilege"]
    assert event["AccessReason"].split() == [
        "%%1539:", "%%1805",  # WRITE_DAC
        "%%1541:", "%%1801", "D:(A;;0x1200a9;;;BA)",
        "%%4416:", "%%1801", "D:(A;;0x1200a9;;;BA)",
        "%%4417:", "%%1805",  # WriteData
        "%%4423:", "%%1811", "D:(A;;0x1301bf;;;BA)",
    ]  # fmt: skip
    sam = machine.objects.find(SAM)
    sam.descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(D;;FR;;;BA)(A;;FA;;;SY)S:(AU;SA;FA;;;WD)")
    admin.open(sam, FileRights.READ_DATA, backup=True)
    event = machine.log.events(4656)[-1]
    assert "%%4416:\t%%1805" in event["AccessReason"] and event["PrivilegeList"] == "SeBackupPrivilege"


SAM = r"C:\Windows\System32\config\SAM"


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("privilege", "use"),
    [
        ("SeDebugPrivilege", lambda admin: admin.open(admin.machine.process("svchost.exe"), 0x10)),
        ("SeBackupPrivilege", lambda admin: admin.open(SAM, FileRights.READ, backup=True)),
        ("SeRestorePrivilege", lambda admin: admin.open(SAM, FileRights.WRITE_DATA, backup=True)),
    ],
)
def test_use_of_seven_privileges_is_audited_only_by_full_privilege_auditing(privilege, use, full):
    """*Audit privilege use* on Microsoft Learn; of 3,743 real events 4673 none names SeDebugPrivilege."""
    machine = desk()
    machine.policy.full_privilege_auditing = full
    admin = elevated(machine, privilege)
    before = len(machine.log)
    use(admin)
    written = [(event["EventID"], event["PrivilegeList"]) for event in machine.log.since(before)]
    assert written == ([(4673, privilege)] if full else [])


def test_other_privileges_are_audited_without_full_privilege_auditing():
    """Real events 4674 of a desk name SeTakeOwnershipPrivilege and SeSecurityPrivilege."""
    machine = desk()
    assert not machine.policy.full_privilege_auditing
    elevated(machine, "SeTakeOwnershipPrivilege").open(SAM, FileRights.WRITE_OWNER)
    assert machine.log.events(4674)[-1]["PrivilegeList"] == "SeTakeOwnershipPrivilege"


def test_a_key_is_named_as_the_kernel_names_it_and_its_event_gives_no_reasons():
    """Real 4674 of CloudStore, and 4656 of keys: \\REGISTRY\\..., rights as numbers, AccessReason a dash;
    *WSI* listing 9-10 has the dash for a kernel object."""
    real = next(event for event in real_events(4674) if event["ObjectType"] == "Key")
    machine = desk()
    admin = elevated(machine, "SeTakeOwnershipPrivilege")
    key = admin.open(r"HKLM\SAM", 0x80000).object
    used = machine.log.events(4674)[-1]
    assert (used["ObjectType"], used["ObjectName"]) == ("Key", r"\REGISTRY\MACHINE\SAM")
    assert real["ObjectName"].startswith("\\REGISTRY\\") and "%%1540" in real["AccessMask"]
    assert used["AccessMask"].split() == ["%%1540"]
    key.descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;KR;;;BA)S:(AU;SA;KR;;;WD)")
    admin.open(r"HKLM\SAM", 0x20019)
    opened = machine.log.events(4656)[-1]
    assert (opened["ObjectName"], opened["AccessReason"]) == (r"\REGISTRY\MACHINE\SAM", "-")
    assert opened["AccessList"].split() == ["%%1538", "%%4432", "%%4435", "%%4436"]


def test_reading_lsass_leaves_an_open_and_a_use_of_a_process():
    """4656 and 4663 as in records of MSEDGEWIN10 and AD01: type Process, a device path, 0x10."""
    machine = desk()
    admin = elevated(machine, "SeDebugPrivilege")
    before = len(machine.log)
    handle = admin.open(machine.process("lsass.exe"), ProcessRights.VM_READ)
    handle.read_memory()
    opened, used = machine.log.since(before)
    assert (opened["EventID"], used["EventID"]) == (4656, 4663)
    for event in (opened, used):
        assert (event["ObjectType"], event["AccessMask"]) == ("Process", "0x10")
        assert event["ObjectName"] == r"\Device\HarddiskVolume2\Windows\System32\lsass.exe"
        assert event["HandleId"] == f"{handle.value:#x}"


def test_a_start_names_the_target_only_where_the_logon_differs():
    machine = desk()
    process = shell(machine, NOVA)
    process.start("cmd.exe")
    process.elevate("cmd.exe")
    same, other = machine.log.events(4688)[-2:]
    assert (same["TargetLogonId"], same["SubjectUserName"]) == ("0x0", "nova")
    assert (other["TargetUserName"], other["TargetUserSid"]) == ("nova", "S-1-0-0")
    assert (same["MandatoryLabel"], other["MandatoryLabel"]) == ("S-1-16-8192", "S-1-16-12288")


def test_a_use_is_told_of_the_thread_that_opened_the_handle():
    machine = desk()
    handle = shell(machine, COSMO).create(DIARY, FileRights.ALL_ACCESS)
    handle.object.descriptor = SecurityDescriptor.from_sddl(AUDITED)
    cosmo = handle.process.token
    server = machine.start_service("Spooler")
    thread = server.new_thread()
    thread.impersonate(cosmo)
    thread.open(DIARY, FileRights.READ_DATA).read()
    assert machine.log.events(4663)[-1]["SubjectLogonId"] == str(cosmo.authentication_id)
    server.open(DIARY, FileRights.READ_DATA).read()
    assert machine.log.events(4663)[-1]["SubjectLogonId"] == "0x3e7"
