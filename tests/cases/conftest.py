"""Why are these specs no tests of their own? Their comments say what must come out; `tests/laws` reads those."""

collect_ignore_glob = ["*.dsc"]
