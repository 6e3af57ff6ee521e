"""Text from real Windows in."""

from tokenlab.real.events import EventError, load_events, read_events
from tokenlab.real.get_acl import from_get_acl
from tokenlab.real.icacls import each_of_icacls, from_icacls
from tokenlab.real.read_descriptor import DescriptorTextError, ReadDescriptor
from tokenlab.real.which_descriptor import read_descriptor
from tokenlab.real.whoami import WhoamiError, from_whoami

__all__ = [
    "DescriptorTextError",
    "EventError",
    "ReadDescriptor",
    "WhoamiError",
    "each_of_icacls",
    "from_get_acl",
    "from_icacls",
    "from_whoami",
    "load_events",
    "read_descriptor",
    "read_events",
]
