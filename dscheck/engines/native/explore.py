"""How does the native engine explore? Compile, search, widen what was too narrow, and tell what was found.

The same questions and the same meaning as `explore.search`: that one is read first.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from dscheck.engines.native.answers import Answers, answers_of
from dscheck.engines.native.cache import place
from dscheck.engines.native.library import Model, Runtime, Search
from dscheck.engines.native.liveness import NativeProgress
from dscheck.engines.native.preparing import Prepared, native_questions, prepare, remember
from dscheck.engines.native.saving import Saving
from dscheck.engines.native.schedules import Schedules
from dscheck.engines.native.structs import SearchOptions, Status, Store
from dscheck.engines.native.watching import Watch
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.explore.cores import usable_cores
from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.explore.limits import peak_resident_bytes, resident_bytes
from dscheck.explore.questions import Questions
from dscheck.explore.search import explore
from dscheck.explore.stepper import Stepper
from dscheck.model.layout import State
from dscheck.model.system import System
from dscheck.options import Limits, NativeOptions
from dscheck.progress import Observer
from dscheck.semantics.evaluate import Failed
from dscheck.verdict import Statistics

NAME = "native"
_CUT_SHORT = {SearchEnd.INTERRUPTED, SearchEnd.TIMEOUT, SearchEnd.MAX_MEMORY}  # nothing is left to go on with


def explore_natively(
    system: System,
    questions: Questions,
    limits: Limits,
    stop_at: Callable[[str], bool],
    observer: Observer | None,
    options: NativeOptions,
    *,
    stepper: Stepper | None = None,
    plan: Prepared | None = None,
    started: float | None = None,
) -> Exploration:
    """Explore everything reachable and answer all questions.

    Args:
        system: what is explored.
        questions: what to answer.
        limits: when to stop early.
        stop_at: as for `explore.search.explore`.
        observer: told about five times a second how far the search is.
        options: threads, store, where to save the search.
        stepper: of the reference, if there is one.
        plan: what `plan_for` gave, if it was asked.
        started: when the clock of the check began to run (`time.monotonic`); None for now.

    Raises:
        Refused: the system cannot be packed, or nothing can be compiled here.
        CheckpointError: it cannot be saved, or does not go on from where it was saved.
        NotConfirmed: the reference does not find what the native engine did.
    """
    begun = time.monotonic() if started is None else started
    stepper = stepper or ReferenceStepper(system, questions.formulas)
    initial, failures = stepper.initial()
    if not initial or any(stop_at(failed.failure.property) for failed in failures):
        return replace(explore(stepper, questions, limits, stop_at, observer), engine=NAME)  # nothing to expand
    with Saving.into(options.checkpoint) as saving:
        plan = plan or saving.plan(system, questions, initial) or prepare(system, questions, stepper, initial)
        while True:
            watch = Watch(limits, observer, begun)
            runtime, model = plan.compiled(watch.seconds_left)
            attempt = _Attempt(plan, stepper, runtime, stop_at, failures, options)
            found = attempt.run(model, watch, saving)
            if isinstance(found, Exploration):
                remember(plan)
                return found
            plan = plan.widened(found)
            saving.forget()


def plan_for(
    system: System, questions: Questions, stepper: Stepper, seen: Sequence[State], seconds: float | None = None
) -> Prepared:
    """What `explore_natively` will run, compiled; so that whoever asks knows that it can.

    Args:
        system: what is explored.
        questions: what to answer.
        stepper: of the reference.
        seen: some reachable states.
        seconds: in which the compiler must be done; None for as long as it may take.

    Raises:
        Refused: the system cannot be packed, or nothing can be compiled here.
    """
    plan = prepare(system, questions, stepper, stepper.initial()[0], seen)
    plan.compiled(seconds)
    return plan


class _Attempt:
    """One search with one choice of widths."""

    def __init__(
        self,
        plan: Prepared,
        stepper: Stepper,
        runtime: Runtime,
        stop_at: Callable[[str], bool],
        failures: Sequence[Failed],
        options: NativeOptions,
    ) -> None:
        self.plan = plan
        self.stepper = stepper
        self.runtime = runtime
        self.stop_at = stop_at
        self.failures = failures
        self.options = options

    def run(self, model: Model, watch: Watch, saving: Saving) -> Exploration | int:
        """What was found, or the number of the width that was too small."""
        questions = native_questions(self.plan.questions, self.stop_at)
        searching = SearchOptions(
            workers=self.options.workers or usable_cores(),
            store=Store[self.options.store.upper()],
            pause_at_levels=saving.wanted,
            keep_edges=bool(questions.runs),
            max_states=watch.limits.max_states,
            max_depth=watch.limits.max_depth,
            max_bytes=max(0, watch.most_memory - resident_bytes()),
        )
        try:
            search = self.runtime.search(model, questions, searching)
        except MemoryError:
            return self._exploration(SearchEnd.MAX_MEMORY, None, Answers(), watch)
        with search:
            saving.begin(self.plan, search, self.options)
            status = Status.RUNNING
            if not saving.restored:
                status = search.seed(list(map(self.plan.packing.pack, self.plan.initial)))
            if status is Status.RUNNING:
                end = watch.run(search, saving)
            else:
                end = watch.end_of(status)
            if end is None:
                return search.report().overflow
            schedules = Schedules(
                search, self.plan.packing, self.stepper, self.plan.initial, self.runtime.fingerprint_of
            )
            answers = answers_of(self.plan.system, self.plan.questions, search, schedules, self.failures)
            if self.plan.questions.progress and end not in _CUT_SHORT:
                progress = NativeProgress(self.plan, search, schedules, watch)
                end = progress.judge(answers) or end
            return self._exploration(end, search, answers, watch)

    def _exploration(self, end: SearchEnd, search: Search | None, answers: Answers, watch: Watch) -> Exploration:
        questions, system = self.plan.questions, self.plan.system
        report = None if search is None else search.report()
        complete = end is SearchEnd.EXHAUSTED
        states = 0 if report is None else report.states
        notes = [place().remark] if place().remark else []
        if end is SearchEnd.MAX_MEMORY and not states:
            own = resident_bytes() / 1e6
            notes.append(f"the memory limit leaves no room to search: dscheck itself takes {own:.0f} MB")
        return Exploration(
            end=end,
            statistics=Statistics(
                states=states,
                transitions=0 if report is None else report.transitions,
                depth=0 if report is None else report.depth,
                seconds=watch.seconds,
                peak_memory_bytes=peak_resident_bytes(),
                complete=complete,
            ),
            outcomes=answers.outcomes(questions.kinds, complete=complete),
            kinds=questions.kinds,
            violations=answers.violations,
            witnesses=answers.witnesses,
            fired=(0,) * len(system.rules) if search is None else tuple(search.fired()),
            branches=bytes(2 * len(system.branches)) if search is None else bytes(search.branches()),
            unexercised=answers.unexercised,
            unjudged=answers.unjudged,
            engine=NAME,
            notes=tuple(notes),
            assumptions=(missed_text(states),) if self.options.store == "fingerprint" else (),
        )


def missed_text(states: int) -> str:
    """What a store of fingerprints cannot exclude, after so many states.

    Two of n states agree in 64 bits with a probability of at most n (n - 1) / 2 in 2^64.
    """
    chance = states * states / 2**65
    return (
        f"states are told apart by 64-bit fingerprints: with a probability of up to {chance:.1g}, two of the "
        f"{states:,} states agree in theirs, and what only the second leads to was not explored"
    )
