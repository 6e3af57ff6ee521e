"""What has state and time: accounts, logon sessions, tokens, the log of one machine."""

from tokenlab.system.accounts import Account, AccountDatabase, GroupScope
from tokenlab.system.clock import Clock
from tokenlab.system.errors import AccessDenied, ErrorCode, Refusal
from tokenlab.system.event_log import Program, SecurityLog, Subject
from tokenlab.system.logon_session import CredentialKind, Credentials, LogonSession, LogonType
from tokenlab.system.lsa import Lsa
from tokenlab.system.machine import Machine
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.token import Token
from tokenlab.system.token_types import Adjusted, ElevationType, ImpersonationLevel, RestrictFlags, TokenType

__all__ = [
    "AccessDenied",
    "Account",
    "AccountDatabase",
    "Adjusted",
    "Clock",
    "CredentialKind",
    "Credentials",
    "ElevationType",
    "ErrorCode",
    "GroupScope",
    "ImpersonationLevel",
    "LocalPolicy",
    "LogonSession",
    "LogonType",
    "Lsa",
    "Machine",
    "Program",
    "Refusal",
    "RestrictFlags",
    "SecurityLog",
    "Subject",
    "Token",
    "TokenType",
]
