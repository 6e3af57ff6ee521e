"""Samba 4.22's access check and SDDL as a filter: a question a line in, an answer a line out, both JSON.

Run inside a Debian that has this Samba. A question is ``["check", descriptor, claims, SIDs, device's SIDs,
privileges, desired]``, ``["read", text]`` or ``["write", descriptor]``; descriptors are hex. Claims are three
descriptors whose resource attributes stand for those of user, device and caller: their bytes are the same.
An answer is ``[NTSTATUS, granted]``, hex, text, or null where Samba refuses.
"""

import json
import sys

from samba import NTSTATUSError
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.security import access_check

DOMAIN = security.dom_sid("S-1-5-21-1-2-3")


def unpacked(data):
    return ndr_unpack(security.descriptor, bytes.fromhex(data))


def check(data, claims, sids, device_sids, privileges, desired):
    token = security.token()
    token.evaluate_claims = security.CLAIMS_EVALUATION_ALWAYS
    token.sids = [security.dom_sid(sid) for sid in sids]
    token.num_sids = len(sids)
    token.device_sids = [security.dom_sid(sid) for sid in device_sids]
    token.num_device_sids = len(device_sids)
    for name, carrier in zip(("user", "device", "local"), claims, strict=True):
        aces = unpacked(carrier).sacl.aces if carrier else []
        setattr(token, f"{name}_claims", [ace.coda for ace in aces])
        setattr(token, f"num_{name}_claims", len(aces))
    for name in privileges:
        token.set_privilege(security.privilege_id(name))
    try:
        return [0, access_check(unpacked(data), token, desired)]
    except NTSTATUSError as error:
        return [error.args[0], 0]


def read(text):
    try:
        return ndr_pack(security.descriptor.from_sddl(text, DOMAIN)).hex()
    except (ValueError, TypeError):  # TypeError: what security.SDDLValueError was before
        return None


def write(data):
    return unpacked(data).as_sddl(DOMAIN)


ANSWERS = {"check": check, "read": read, "write": write}
for line in sys.stdin:
    kind, *question = json.loads(line)
    print(json.dumps(ANSWERS[kind](*question)), flush=True)
