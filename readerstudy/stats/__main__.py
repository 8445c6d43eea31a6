"""`python -m readerstudy.stats FILE`: the analysis of a file of readings, for statisticians."""

import sys

from readerstudy.stats.command import main

if __name__ == "__main__":
    sys.exit(main())
