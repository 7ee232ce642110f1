"""Do the engines agree with a brute-force oracle, which shares no code with them, on generated protocols?"""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.laws.agreement import agree
from tests.laws.generated_specs import EVERYTHING, Features, protocols, random_protocol
from tests.laws.protocol_model import Protocol

FEATURES = {
    "messages": Features(),
    "stamps": Features(stamps=True, links=True),
    "timers": Features(timers=True, faults=True),
    "torn": Features(faults=True, torn=True, collections=False),
    "everything": EVERYTHING,
}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(protocols())
def test_the_engines_agree_with_the_oracle(protocol: Protocol) -> None:
    agree(protocol, 200)


@pytest.mark.parametrize("name", FEATURES)
def test_the_engines_agree_with_the_oracle_on_fixed_protocols(name: str) -> None:
    """Without Hypothesis: faster, the same every time, and larger protocols."""
    asked = sum(agree(random_protocol(seed, FEATURES[name]), 200) for seed in range(25))
    assert asked > 15, "the generator makes too many that are too large"


@pytest.mark.slow
@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("block", range(10))
def test_the_engines_agree_with_the_oracle_on_thousands(name: str, block: int) -> None:
    asked = sum(
        agree(random_protocol(seed, FEATURES[name]), 2_000) for seed in range(1_000 + 100 * block, 1_100 + 100 * block)
    )
    assert asked > 50
