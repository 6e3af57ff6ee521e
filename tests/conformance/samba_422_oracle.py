"""Samba 4.22's access check and SDDL as a filter: a question a line in, an answer a line out, both JSON.

Run inside a Debian that has this Samba. Questions:

- ``["check", text, claims, SIDs with the user's first, SIDs of the device, desired]``, where claims are three
  descriptors in hex whose resource attributes stand for the claims of user, device and caller. The answer
  is ``[NTSTATUS, granted]``.
- ``["read", text]``: bytes in hex, or null. ``["write", hex]``: text, or null.
"""

import json
import sys
from typing import Any

from samba import NTSTATUSError
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.security import access_check

DOMAIN = security.dom_sid("S-1-5-21-1-2-3")


def unpacked(data):
    return ndr_unpack(security.descriptor, bytes.fromhex(data))


def parsed(text):
    return security.descriptor.from_sddl(text, DOMAIN)


def check(text, claims, sids, device_sids, desired):
    token = security.token()
    token.evaluate_claims = security.CLAIMS_EVALUATION_ALWAYS
    token.sids = [security.dom_sid(sid) for sid in sids]
    token.num_sids = len(sids)
    token.device_sids = [security.dom_sid(sid) for sid in device_sids]
    token.num_device_sids = len(device_sids)
    for kind, carrier in zip(("user", "device", "local"), claims, strict=True):
        aces = unpacked(carrier).sacl.aces
        setattr(token, f"{kind}_claims", [ace.coda for ace in aces])
        setattr(token, f"num_{kind}_claims", len(aces))
    try:
        return [0, access_check(parsed(text), token, desired)]
    except NTSTATUSError as error:
        return [error.args[0], 0]


def read(text):
    try:
        return ndr_pack(parsed(text)).hex()
    except (TypeError, ValueError, security.SDDLValueError):
        return None


def write(data):
    try:
        return unpacked(data).as_sddl()
    except ValueError:
        return None


ANSWERS: dict[str, Any] = {"check": check, "read": read, "write": write}
for line in sys.stdin:
    kind, *question = json.loads(line)
    print(json.dumps(ANSWERS[kind](*question)))
