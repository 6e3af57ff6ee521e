"""Text from real Windows in."""

from tokenlab.real.events import EventError, load_events, read_events
from tokenlab.real.whoami import WhoamiError, from_whoami

__all__ = ["EventError", "WhoamiError", "from_whoami", "load_events", "read_events"]
