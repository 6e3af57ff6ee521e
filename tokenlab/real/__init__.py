"""Text from real Windows in."""

from tokenlab.real.whoami import WhoamiError, from_whoami

__all__ = ["WhoamiError", "from_whoami"]
