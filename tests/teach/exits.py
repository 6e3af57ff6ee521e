"""Ends with the exit code that it is given."""

import sys

if __name__ == "__main__":
    sys.exit(int(sys.argv[1]))
