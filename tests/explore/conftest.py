"""Where do these tests find what they share? The hand-built systems stand one folder up."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
