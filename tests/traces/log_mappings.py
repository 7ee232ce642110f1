"""Which mapping files read the logs of known projects? Those in `traces/mappings`, and one of a single log."""

from pathlib import Path

_FOLDER = Path(__file__).parents[2] / "traces" / "mappings"


def _mapping(name: str) -> str:
    return (_FOLDER / f"{name}.map").read_text("utf-8")


ETCD_RAFT = _mapping("etcd_raft")
EWD998 = _mapping("ewd998")
CCF = _mapping("ccf_consistency")
POBSERVE = _mapping("pobserve_lock_server")

# The WiredTiger lock trace among ShiViz' examples: a lock is acquired when X__wt_fs_lock is left, and released when
# X__wt_fs_unlock is entered.
FS_LOCK = r"""
format = shiviz
pattern = (?<timestamp>(\d*)) (?<event>.*)\n(?<host>\w*) (?<clock>.*)
lock = event
  /^Exiting (.*)__wt_fs_lock$/ -> \1
  /^Entering (.*)__wt_fs_unlock$/ -> \1
hold = event
  Exiting *__wt_fs_lock -> true
  Entering *__wt_fs_unlock -> false
"""
