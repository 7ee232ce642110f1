"""Does Ctrl-C stop a run although it comes while an object is thrown away, where Python swallows exceptions?"""

import signal
from time import sleep

import pytest

from dscheck.cli.answering import interrupts


class Freed:
    """Presses Ctrl-C while it is thrown away."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def free_one_and_wait() -> None:
    freed = Freed()
    del freed
    sleep(10)


@pytest.mark.filterwarnings("error")
def test_ctrl_c_while_an_object_is_freed_is_not_lost() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts():
        free_one_and_wait()
