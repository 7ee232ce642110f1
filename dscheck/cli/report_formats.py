"""What is written when an answer has nothing for the format that was asked for, or more than that format holds?"""

from dscheck.cli.console import remark
from dscheck.report.formats import FORMATS, NoSuchAnswer, rendered
from dscheck.report.pictures.picture import pictures_of
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report


def written(report: Report | TraceReport, form: str) -> str:
    """The answer in a format; empty, with a remark, if it has nothing for it.

    An answer without a run is no mistake of the one who asks: a check that holds has none.

    Args:
        report: the answer.
        form: a name in `FORMATS`.
    """
    try:
        text = rendered(report, form)
        if FORMATS[form].single:
            remark_on_others(report, form)
    except NoSuchAnswer as error:
        remark(str(error))
        return ""
    return text


def remark_on_others(report: Report | TraceReport, form: str) -> None:
    """Say which runs a format leaves out that holds only one."""
    pictures = pictures_of(report)
    if len(pictures) > 1:
        others = f"{len(pictures) - 1} other run{'s' if len(pictures) > 2 else ''}"
        remark(
            f"{form} holds one run, this is that of {pictures[0].name}; "
            f"{others} by dscheck report SAVED.json --format {form} --run 2"
        )
