"""Modern apps: who starts them, and the token they get.

Nobody's shell starts a packaged app. The program that wants it asks COM to activate it, and the DCOM Server
Process Launcher (a svchost.exe, ``-k DcomLaunch``) makes the process: with the user's token, but as a child
of its own. *Windows Internals*, 7th ed., part 1, ch. 7, "AppContainers", prints the token of Calculator.exe.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from tokenlab.security.context import AppContainer
from tokenlab.system import process_creation
from tokenlab.system.token import Token
from tokenlab.values import IntegrityLevel, Sid

if TYPE_CHECKING:
    from tokenlab.system.machine import Machine
    from tokenlab.system.process import Process


def package_sid(family_name: str) -> Sid:
    """The SID of a package, from its family name (``DeriveAppContainerSidFromAppContainerName``).

    The first seven numbers of the SHA-256 of the name in small letters, UTF-16, below S-1-15-2.
    """
    from hashlib import sha256  # it loads OpenSSL

    digest = sha256(family_name.lower().encode("utf-16-le")).digest()
    return Sid("S-1-15-2-" + "-".join(str(number) for number in struct.unpack("<7I", digest[:28])))


def app_token(token: Token, family_name: str) -> Token:
    """The token of an app: its user's, at Low, with the package's SID (``NtCreateLowBoxToken``).

    User, groups, privileges and logon session stay. One capability is there: the package's own.
    """
    package = package_sid(family_name)
    own = Sid(package.replace("S-1-15-2-", "S-1-15-3-", 1))
    context = replace(token.context, app=AppContainer(package, (own,)), integrity=IntegrityLevel.LOW)
    return replace(token, context=context, parent_id=token.token_id, creator=token.context)


def activate(machine: Machine, client: Token, image: str, family_name: str = "") -> Process:
    """Have COM start a program for its ``client``: a packaged app, or a COM server such as RuntimeBroker.exe.

    ``family_name`` names the package (``Microsoft.WindowsCalculator_8wekyb3d8bbwe``); without one the program
    gets the client's token as it is. Which program asked, neither the tree nor event 4688 says.
    """
    token = app_token(client, family_name) if family_name else client
    launcher = machine.process("svchost.exe")
    child = process_creation.launch(
        machine,
        image,
        token,
        launcher,
        by=launcher.token,
        creator=token.context,
        command_line=f"{image} {'-ServerName:App' if family_name else '-Embedding'}",
    )
    if family_name:
        token.close()
    return child
