"""What whole number of nanoseconds is a time that a log writes as a date or in seconds?"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dscheck.traces.errors import shortened

_DATE = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?\s*(Z|UTC|[+-]\d\d:?\d\d)?\s*", re.ASCII
)
_SECOND = 1_000_000_000


def date_in_nanoseconds(value: Any) -> int:
    """Nanoseconds since 1970 of a date such as `2023-12-01 16:10:34.000911`; without a zone it is taken as UTC.

    Raises:
        ValueError: it is none.
    """
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{shortened(str(value))} is no date such as 2023-12-01 16:10:34.000911")
    year, month, day, hour, minute, second = (int(found[group]) for group in range(1, 7))
    days = date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()
    zone = found[8] or "Z"
    shift = 0
    if zone[0] in "+-":
        shift = (int(zone[1:3]) * 60 + int(zone[-2:])) * (60 if zone[0] == "+" else -60)
    whole = ((days * 24 + hour) * 60 + minute) * 60 + second - shift
    return whole * _SECOND + int((found[7] or "0").ljust(9, "0"))


def seconds_in_nanoseconds(value: Any) -> int:
    """Nanoseconds of a number of seconds, to the digit that was written.

    Raises:
        ValueError: it is no number.
    """
    try:
        seconds = Decimal(str(value))
        if isinstance(value, bool) or not seconds.is_finite() or abs(seconds) > _SECOND * 10:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(f"{shortened(str(value))} is no number of seconds") from None
    return int((seconds * _SECOND).to_integral_value())
