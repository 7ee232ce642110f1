"""What can an engine not do? Reasons that are no fault of anybody, told before or instead of an answer."""


class Refused(Exception):
    """The engine cannot explore this system here; the message says why, without a full stop. Another one can."""


class CheckpointError(Exception):
    """A search that was to be saved, or to go on from a folder, cannot; the message says why and in which folder."""
