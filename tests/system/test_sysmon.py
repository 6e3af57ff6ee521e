"""Sysmon's channel beside the Security log, held against real records of it."""

import pytest

from tests.support import load_json
from tests.system.scene import COSMO, NOVA, desk, elevated, error, shell
from tokenlab import worlds
from tokenlab.network import Ldap, SmbShare, WinRm
from tokenlab.values import ProcessRights
from tokenlab.worlds.astro import DESK, SERVERS

HEADER = {"EventID", "RecordNumber", "TimeCreated", "Channel", "Hostname"}


def watched():
    machine = desk()
    machine.install_sysmon()
    return machine


def everything():
    """A log with each of the five events."""
    machine = watched()
    cosmo = shell(machine, COSMO)
    elevate = shell(machine, NOVA).elevate("cmd.exe")
    elevate.token.adjust_privileges({"SeDebugPrivilege": 2})
    elevate.open(machine.process("lsass.exe"), ProcessRights.QUERY_INFORMATION)
    pipe = elevate.create_pipe(r"\\.\pipe\guestbook", "D:(A;;FA;;;WD)")
    cosmo.connect(pipe.name)
    return machine


def test_sysmon_is_off_until_it_is_installed_and_changes_nothing_else():
    plain, machine = desk(), watched()
    for one in (plain, machine):
        shell(one, COSMO)
    assert plain.sysmon is None and plain.logs == (plain.log,)
    assert [e["EventID"] for e in plain.log] == [e["EventID"] for e in machine.log]
    assert machine.install_sysmon() is machine.sysmon and machine.logs == (machine.log, machine.sysmon)


@pytest.mark.parametrize("number", [1, 3, 10, 17, 18])
def test_an_event_of_sysmon_has_the_fields_of_real_records(number):
    """124 records of 50 recordings: newer versions of Sysmon name a user more, and so does this one."""
    real = [row for row in load_json("real/sysmon/records.json") if row["EventID"] == number]
    messages = (line for row in real for line in row.get("Message", "").splitlines()[1:])
    known = {line.partition(":")[0] for line in messages}
    if number == 3:
        world = worlds.astro()
        world.machine(DESK).install_sysmon()
        world.network.connect(shell(world.machine(DESK), COSMO).thread, WinRm(world.machine(SERVERS[0])))
        mine = world.machine(DESK).sysmon.where(3)[0]
    else:
        mine = everything().sysmon.where(number)[0]
    assert set(mine) - HEADER == known
    assert mine["Channel"] == real[0]["Channel"]


def test_an_open_of_a_process_is_an_event_10_with_the_rights_that_were_granted():
    """Real: GrantedAccess 0x1400 by WmiPrvSE.exe, 0x101400 by wsmprovhost.exe, both of lsass.exe."""
    machine = watched()
    elevate = shell(machine, NOVA).elevate("cmd.exe")
    elevate.token.adjust_privileges({"SeDebugPrivilege": 2})
    handle = elevate.open(
        machine.process("lsass.exe"), ProcessRights.VM_READ | ProcessRights.QUERY_INFORMATION
    )
    (event,) = machine.sysmon.where(10)
    assert int(event["GrantedAccess"], 16) == int(handle.granted_access)
    assert event["SourceImage"].endswith(r"\cmd.exe") and event["SourceUser"] == r"ASTRO\nova"
    assert event["TargetImage"].endswith(r"\lsass.exe") and event["TargetUser"] == r"NT AUTHORITY\SYSTEM"


def test_a_refused_open_is_no_event_10_and_neither_is_an_open_of_oneself():
    machine = watched()
    cosmo = shell(machine, COSMO)
    assert error(cosmo.open, machine.process("lsass.exe"), ProcessRights.VM_READ).code == 5
    cosmo.open(cosmo, ProcessRights.QUERY_INFORMATION)
    assert not machine.sysmon.where(10)


def test_a_process_start_names_the_logon_id_that_4688_and_4624_name():
    machine = watched()
    shell(machine, COSMO)
    starts = machine.sysmon.where(1, User=r"ASTRO\cosmo")
    logon = machine.log.where(4624)[0]
    assert {start["LogonId"] for start in starts} == {logon["TargetLogonId"]}
    assert [start["IntegrityLevel"] for start in starts] == ["Medium", "Medium"]
    followed = machine.sysmon.follow(logon["TargetLogonId"])
    assert list(followed) == list(starts)


def test_only_lsass_speaks_to_port_88_system_to_445_and_programs_for_themselves():
    """258 of 258 flows to port 88 that were not a ticket tool's, in 145 recordings."""
    world = worlds.astro()
    for machine in world.machines.values():
        machine.install_sysmon()
    here, network = world.machine(DESK), world.network
    cosmo = shell(here, COSMO)
    network.connect(cosmo.thread, SmbShare(world.machine(SERVERS[0])))
    network.connect(cosmo.thread, WinRm(world.machine(SERVERS[0])))
    network.connect(cosmo.thread, Ldap(network.controller))
    tool = cosmo.start(r"C:\Users\cosmo\Downloads\tickets.exe")
    network.ask_tgt(here, "nova", NOVA[1], by=tool)
    flows = [(e["DestinationPort"], e["Image"].rpartition("\\")[2]) for e in here.sysmon.where(3)]
    assert flows == [
        ("445", "System"),
        ("88", "lsass.exe"),
        ("88", "lsass.exe"),
        ("5985", "explorer.exe"),
        ("88", "lsass.exe"),
        ("389", "explorer.exe"),
        ("88", "lsass.exe"),
        ("88", "lsass.exe"),  # a controller is trusted for delegation: the TGT is forwarded
        ("88", "tickets.exe"),
    ]


def test_a_pipe_is_seen_when_it_is_made_and_when_it_is_opened():
    log = everything().sysmon
    (made,), (opened,) = log.where(17), log.where(18)
    assert (made["PipeName"], made["EventType"]) == ("\\guestbook", "CreatePipe")
    assert (opened["PipeName"], opened["EventType"]) == ("\\guestbook", "ConnectPipe")
    assert made["Image"].endswith("cmd.exe") and opened["User"] == r"ASTRO\cosmo"


def test_the_xml_of_sysmon_names_its_own_provider():
    xml = everything().sysmon.to_xml()
    assert "Name='Microsoft-Windows-Sysmon'" in xml and "Microsoft-Windows-Sysmon/Operational" in xml


def test_elevated_has_an_integrity_level_in_words():
    machine = watched()
    assert elevated(machine).name == "cmd.exe"
    assert machine.sysmon.where(1)[-1]["IntegrityLevel"] == "High"
