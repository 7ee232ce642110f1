"""What do the tests of commands share? A command line that runs here, and a search that answers without searching."""

import dataclasses

import pytest

from dscheck.cli.main import run
from dscheck.progress import quiet


@dataclasses.dataclass
class Asked:
    """What the command asked of the workflow."""

    paths: list
    options: object


@pytest.fixture
def dscheck(capsys):
    """`code, out, err = dscheck("check", "x.dsc")`"""

    def call(*arguments):
        code = run([str(each) for each in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def answer(monkeypatch):
    """`asked = answer(report)`: the workflow gives this report, or raises this exception, and `asked` says for what."""

    def install(report, progress=()):
        asked = Asked([], None)

        def check_paths(paths, options, *, observer=quiet):
            asked.paths, asked.options = list(paths), options
            for each in progress:
                observer(each)
            if isinstance(report, BaseException):
                raise report
            return report

        monkeypatch.setattr("dscheck.workflow.check_paths", check_paths)
        return asked

    return install
