"""What has state and time: accounts, logon sessions, tokens, the log of one machine."""

from tokenlab.system.accounts import Account, AccountDatabase, GroupScope
from tokenlab.system.clock import Clock
from tokenlab.system.directory import Directory
from tokenlab.system.errors import AccessDenied, Refusal, Win32Error
from tokenlab.system.event_log import EventProgram, EventSubject, SecurityLog
from tokenlab.system.handle import Handle, HandleTable
from tokenlab.system.impersonation import Connection, ImpersonationCall
from tokenlab.system.interleaving import InterleavedStep, interleave, orders
from tokenlab.system.logon_session import LogonSession
from tokenlab.system.logon_type import CredentialKind, Credentials, LogonType
from tokenlab.system.lsa import Lsa
from tokenlab.system.machine import Machine
from tokenlab.system.objects import Desktop, Section, Semaphore, WindowStation
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.process import Process, ProcessTable
from tokenlab.system.release import RELEASES, WindowsRelease
from tokenlab.system.sam import Sam
from tokenlab.system.thread import Thread
from tokenlab.system.token import Token
from tokenlab.system.token_types import (
    AdjustmentResult,
    ElevationType,
    ImpersonationLevel,
    RestrictFlags,
    TokenType,
)

__all__ = [
    "RELEASES",
    "AccessDenied",
    "Account",
    "AccountDatabase",
    "Directory",
    "Sam",
    "AdjustmentResult",
    "ImpersonationCall",
    "Clock",
    "Connection",
    "CredentialKind",
    "Credentials",
    "Desktop",
    "ElevationType",
    "Win32Error",
    "GroupScope",
    "Handle",
    "HandleTable",
    "InterleavedStep",
    "ImpersonationLevel",
    "LocalPolicy",
    "LogonSession",
    "LogonType",
    "Lsa",
    "Machine",
    "Process",
    "ProcessTable",
    "EventProgram",
    "Refusal",
    "WindowsRelease",
    "RestrictFlags",
    "Section",
    "SecurityLog",
    "Semaphore",
    "EventSubject",
    "Thread",
    "Token",
    "TokenType",
    "WindowStation",
    "interleave",
    "orders",
]
