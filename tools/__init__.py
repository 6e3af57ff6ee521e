"""Tools of the project's own: run as scripts, or imported by tests."""
