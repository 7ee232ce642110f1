"""What do runs of pytest inside pytest need? No other plugin, and modules that they do not unload again."""

import networkx  # noqa: F401
import numpy  # noqa: F401
import pytest
import z3  # noqa: F401

# A run inside this process unloads what it loads. A class that is loaded twice is two; numpy refuses to load twice.
import dscheck.integrations.pytest_specs
import dscheck.integrations.pytest_traces
import dscheck.schedules
import dscheck.timing
import dscheck.trace_specs  # noqa: F401


@pytest.fixture(autouse=True)
def no_other_plugin(monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
