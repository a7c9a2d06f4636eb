"""Lets `python -m edulearn` run."""

import sys

from edulearn.cli import main

if __name__ == "__main__":
    sys.exit(main())
