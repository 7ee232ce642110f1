"""Which obligations were met, and what is there to know of each? Both engines number them as they meet them."""

from dscheck.explore.questions import Fairness
from dscheck.semantics.fairness import Identity, Owed, clocks_of_key


class ObligationNumbers:
    """The numbers of obligations.

    Attributes:
        identities: what obligation each number stands for.
        strong: of each number, whether it is owed by strong fairness.
        clocks: of each number, a bit for each clock that its key holds a stamp of; clock i of the system has bit i.
    """

    def __init__(self, fairness: Fairness) -> None:
        self.identities: list[Identity] = []
        self.strong: list[bool] = []
        self.clocks: list[int] = []
        self._obligations = fairness.obligations
        self._bits = {clock: 1 << place for place, clock in enumerate(fairness.clocks)}
        self._numbers: dict[Identity, int] = {}

    def of(self, owed: Owed) -> int:
        """The number of an obligation, which may be a new one."""
        obligation = self._obligations[owed[0]]
        one = obligation.group, owed[1:]
        number = self._numbers.get(one)
        if number is None:
            number = self._numbers[one] = len(self.identities)
            self.identities.append(one)
            self.strong.append(obligation.strength == "strong")
            self.clocks.append(sum(self._bits[clock] for clock in clocks_of_key(obligation, owed)))
        return number
