"""Which subcategory of the audit policy writes which event."""

import re
from pathlib import Path

import pytest

import tokenlab
from tests.system.scene import COSMO, desk, elevated, shell
from tokenlab import FileRights, ProcessRights
from tokenlab.system.audit_policy import SUBCATEGORIES, subcategory_of


@pytest.mark.parametrize(
    ("event", "fields", "subcategory"),
    [
        # each subcategory's page on Microsoft Learn lists its events
        (4656, {"ObjectType": "Process"}, "Kernel Object"),
        (4663, {"ObjectType": "Process"}, "Kernel Object"),
        (4656, {"ObjectType": "Token"}, "Kernel Object"),
        (4656, {"ObjectType": "File"}, "File System"),
        (4663, {"ObjectType": "Key"}, "Registry"),
        (4658, {}, "Handle Manipulation"),
        (4673, {"PrivilegeList": "SeDebugPrivilege"}, "Sensitive Privilege Use"),
        (4674, {"PrivilegeList": "SeTakeOwnershipPrivilege"}, "Sensitive Privilege Use"),
        (4673, {"PrivilegeList": "SeProfileSingleProcessPrivilege"}, "Non Sensitive Privilege Use"),
        (4703, {}, "Token Right Adjusted"),
        (4688, {}, "Process Creation"),
        (4672, {}, "Special Logon"),
        (4627, {}, "Group Membership"),
        (4768, {}, "Kerberos Authentication Service"),
        (9999, {}, "-"),
    ],
)
def test_an_event_belongs_to_the_subcategory_whose_page_lists_it(event, fields, subcategory):
    assert subcategory_of(event, fields) == subcategory


def test_every_event_that_the_model_writes_belongs_to_a_subcategory():
    written = set()
    for path in Path(tokenlab.__file__).parent.glob("[sn]*/*.py"):
        written |= set(re.findall(r"(?:append|_write)\(\s*(\d{4})\b", path.read_text(encoding="utf-8")))
    other_logs = {"7045"} | {str(number) for number in range(4001, 4034)}  # System; NTLM
    assert len(written) > 15
    assert {one for one in written - other_logs if subcategory_of(int(one)) == "-"} == set()


def test_reading_lsass_leaves_nothing_where_kernel_objects_are_not_audited():
    machine = desk()
    machine.log.audit("Kernel Object", False)
    admin = elevated(machine, "SeDebugPrivilege")
    before = len(machine.log)
    admin.open(machine.process("lsass.exe"), ProcessRights.VM_READ).read_memory()
    assert len(machine.log) == before
    machine.log.audit("Kernel Object")
    admin.open(machine.process("lsass.exe"), ProcessRights.VM_READ)
    assert [event["EventID"] for event in machine.log.since(before)] == [4656]
    assert machine.log.events()[-1]["RecordNumber"] == before + 1


def test_one_subcategory_off_leaves_the_others_as_they_are():
    machine = desk()
    machine.log.audit("Process Creation", False)
    process = shell(machine, COSMO)
    process.create(r"C:\Users\cosmo\note.txt", FileRights.ALL_ACCESS)
    assert not machine.log.events(4688) and machine.log.events(4624)


def test_a_subcategory_that_nobody_knows_is_refused():
    assert "Kernel Object" in SUBCATEGORIES
    with pytest.raises(KeyError, match="'Kernel' is not a subcategory known here"):
        desk().log.audit("Kernel")
