"""Samba's access check as a filter: a question a line in, an answer a line out, both JSON.

Run by the system's Python, which alone can import Debian's python3-samba. A question is
``[descriptor in hex, SIDs with the user's first, names of privileges, desired]``, an answer
``[NTSTATUS, granted]``.
"""

import json
import sys

from samba import NTSTATUSError
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.security import access_check


def answer(question):
    data, sids, privileges, desired = question
    token = security.token()
    token.sids = [security.dom_sid(sid) for sid in sids]
    token.num_sids = len(sids)
    for name in privileges:
        token.set_privilege(security.privilege_id(name))
    descriptor = ndr_unpack(security.descriptor, bytes.fromhex(data))
    try:
        return [0, access_check(descriptor, token, desired)]
    except NTSTATUSError as error:
        return [error.args[0], 0]


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
