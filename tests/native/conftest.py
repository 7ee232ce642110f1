"""What do tests of compiled code share? A cache folder of their own, and compilers that misbehave."""

import shlex
from pathlib import Path

import pytest


@pytest.fixture
def cache_folder(tmp_path, monkeypatch):
    """The folder in which compiled libraries are kept during the test."""
    monkeypatch.setenv("DSCHECK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "native"


@pytest.fixture
def fake_compiler(tmp_path, monkeypatch):
    """`fake_compiler("exit 1")` makes that shell script the C compiler, and gives its path."""

    def install(script: str, name: str = "fake cc") -> Path:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("CC", shlex.quote(str(program)))
        return program

    return install
