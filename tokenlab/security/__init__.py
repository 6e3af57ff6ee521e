"""The reference monitor: pure functions on frozen values."""
