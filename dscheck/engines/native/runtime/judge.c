/* What is true of a state, or of the steps from it? The questions that a search answers on the way. */
#include "machine.h"

/* The shortest run wins; among equals, the first. `length` is that of the run that shows it. */
static void note(struct search *search, uint32_t number, uint32_t position, uint64_t depth, uint32_t failure,
                 uint64_t length)
{
    _Atomic uint32_t *best = &search->finding_lengths[number];
    if (length >= atomic_load_explicit(best, memory_order_relaxed))
        return;
    pthread_mutex_lock(&search->finding_mutex);
    if (length < atomic_load_explicit(best, memory_order_relaxed)) {
        atomic_store_explicit(best, (uint32_t)length, memory_order_relaxed);
        search->findings[number] = (struct finding){1, position, failure, (uint32_t)depth};
    }
    pthread_mutex_unlock(&search->finding_mutex);
}

/* Findings of one number are all of states, or all of steps, so that the depth of the position decides. */
void note_finding(struct search *search, uint32_t number, uint32_t position, uint64_t depth, uint32_t failure)
{
    note(search, number, position, depth, failure, depth);
}

/* Formula `number` (of findings) has no value, in a state or (`steps` is 1) for a step from it. By its failure, it is
 * compared with formulas of both kinds: a step makes the run longer. */
static void note_failed(struct search *search, uint32_t number, uint32_t position, uint64_t depth, uint32_t failure,
                        uint64_t steps)
{
    note_finding(search, number, position, depth, failure);
    note(search, search->numbers.by_failure + failure, position, depth, number, depth + steps);
}

static uint32_t lowest(uint64_t bits)
{
    return bits ? (uint32_t)__builtin_ctzll(bits) : 0;
}

static int ask_always(struct worker *worker, uint32_t k, const word *state)
{
    worker->asking.failures = 0;
    worker->asking.overflow = 0;
    int answer = worker->search->model->always_holds(k, state, &worker->asking);
    if (answer == ANSWER_OVERFLOW)
        halt_overflow(worker->search, &worker->asking);
    return answer;
}

int ask_whether(struct worker *worker, uint32_t k, const word *state)
{
    number value = 0;
    worker->asking.failures = 0;
    worker->asking.overflow = 0;
    int answer = worker->search->model->answer(k, state, &value, &worker->asking);
    if (answer == ANSWER_OVERFLOW)
        halt_overflow(worker->search, &worker->asking);
    return answer == ANSWER_TRUE && value == 0 ? ANSWER_FALSE : answer;
}

static void judge_always(struct worker *worker, uint32_t position, const word *state, uint64_t depth)
{
    struct search *search = worker->search;
    for (uint32_t k = 0; k < search->model->always; k++) {
        int answer = ask_always(worker, k, state);
        if (answer == ANSWER_OVERFLOW)
            return;
        if (answer == ANSWER_FALSE)
            note_finding(search, search->numbers.always_false + k, position, depth, 0);
        else if (answer == ANSWER_FAILED)
            note_failed(search, search->numbers.always_failed + k, position, depth, lowest(worker->asking.failures), 0);
    }
}

static void judge_pending(struct worker *worker, uint32_t position, const word *state, uint64_t depth)
{
    struct search *search = worker->search;
    for (uint32_t i = 0; i < search->questions.pending_count; i++) {
        if (atomic_load_explicit(&search->reached[i], memory_order_relaxed))
            continue;
        uint32_t k = search->questions.pending[i] & ~PENDING_QUIET;
        int answer = ask_whether(worker, k, state);
        if (answer == ANSWER_OVERFLOW)
            return;
        if (answer == ANSWER_TRUE) {
            note_finding(search, search->numbers.asked_true + k, position, depth, 0);
        } else if (answer == ANSWER_FAILED && !(search->questions.pending[i] & PENDING_QUIET)) {
            note_failed(search, search->numbers.asked_failed + k, position, depth, lowest(worker->asking.failures), 0);
        }
    }
}

/* Between two levels: what a level reached is not asked of the next one. It is asked of its own level to the end, so that
 * whether it has no value somewhere there does not depend on the order. */
void settle_reached(struct search *search)
{
    for (uint32_t i = 0; i < search->questions.pending_count; i++) {
        uint32_t k = search->questions.pending[i] & ~PENDING_QUIET;
        if (search->findings[search->numbers.asked_true + k].found && !atomic_exchange(&search->reached[i], 1))
            atomic_fetch_sub(&search->pending, 1);
    }
}

void judge_state(struct worker *worker, uint32_t position, const word *state, uint64_t depth)
{
    struct search *search = worker->search;
    if (search->model->always > 0) {
        worker->asking.failures = 0;
        worker->asking.overflow = 0;
        if (search->model->violations(state, &worker->asking) != 0)
            judge_always(worker, position, state, depth);
    }
    if (atomic_load_explicit(&search->pending, memory_order_relaxed) > 0)
        judge_pending(worker, position, state, depth);
}

/* The steps from the state at `position`, which is in the level that is being expanded. */
void judge_steps(struct worker *worker, uint32_t position, const struct labels *labels)
{
    struct search *search = worker->search;
    uint64_t depth = atomic_load_explicit(&search->depth, memory_order_relaxed);
    for (uint32_t bits = labels->failures; bits; bits &= bits - 1)
        note_finding(search, search->numbers.failed + lowest(bits), position, depth, lowest(bits));
    for (uint64_t bits = labels->steps_false; bits; bits &= bits - 1)
        note_finding(search, search->numbers.step_false + lowest(bits), position, depth, 0);
    for (uint32_t failure = 0; failure < FAILURE_KINDS; failure++)
        for (uint64_t bits = labels->steps_failed[failure]; bits; bits &= bits - 1)
            note_failed(search, search->numbers.step_failed + lowest(bits), position, depth, failure, 1);
}

/* A final state: no rule that is no fault goes on from it. */
void judge_final(struct worker *worker, uint32_t position, const word *state)
{
    struct search *search = worker->search;
    uint64_t depth = atomic_load_explicit(&search->depth, memory_order_relaxed);
    if (depth > atomic_load_explicit(&search->finding_lengths[search->numbers.final], memory_order_relaxed))
        return;
    for (uint32_t i = 0; i < search->questions.final_count; i++) {
        uint32_t k = search->questions.final[i];
        int answer = ask_whether(worker, k, state);
        if (answer == ANSWER_TRUE)
            continue;
        if (answer == ANSWER_FALSE)
            note_finding(search, search->numbers.final, position, depth, 0);
        else if (answer == ANSWER_FAILED)
            note_failed(search, search->numbers.asked_failed + k, position, depth, lowest(worker->asking.failures), 0);
        return;
    }
}

/* Was something found that the caller waits for? */
bool waited_for(struct search *search)
{
    for (uint32_t number = 0; number < search->numbers.count; number++) {
        if (!search->findings[number].found)
            continue;
        bool by_failure = number >= search->numbers.by_failure;
        if (search->questions.stops[by_failure ? number - search->numbers.by_failure : number])
            return true;
    }
    return false;
}
