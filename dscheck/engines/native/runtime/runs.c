/* Which run questions are open, and what are the answers? All of them, over the rounds of each (rounds.c). */
#include <stdlib.h>
#include <string.h>

#include "rounds.h"

struct runs {
    const struct model *model;
    struct question *questions;
    int32_t *coefficients;
    uint32_t count;
    size_t positions; /* one more than the greatest that was judged */
    struct array relevant; /* uint8_t per position: can a judged state be reached? Only while finishing */
    struct array first_source, sources; /* the graph backwards; only while finishing */
};

struct runs *runs_new(const struct model *model, const struct run_question *questions, uint32_t count)
{
    struct runs *runs = calloc(1, sizeof *runs);
    if (!runs)
        return NULL;
    runs->model = model;
    runs->count = count;
    runs->questions = calloc(count + 1, sizeof *runs->questions);
    runs->coefficients = calloc((size_t)count * model->counters + 1, sizeof *runs->coefficients);
    if (!runs->questions || !runs->coefficients) {
        runs_free(runs);
        return NULL;
    }
    for (uint32_t k = 0; k < count; k++) {
        int32_t *coefficients = runs->coefficients + (size_t)k * model->counters;
        for (uint32_t c = 0; c < model->counters; c++)
            coefficients[c] = questions[k].coefficients[c];
        struct question *question = runs->questions + k;
        question->condition = questions[k].condition;
        question->limit = questions[k].limit;
        question->tight = questions[k].tight != 0;
        question->coefficients = coefficients;
    }
    return runs;
}

void runs_free(struct runs *runs)
{
    if (!runs)
        return;
    for (uint32_t k = 0; runs->questions && k < runs->count; k++)
        settle(runs->questions + k, RUN_OPEN);
    drop(&runs->relevant);
    drop(&runs->first_source);
    drop(&runs->sources);
    free(runs->questions);
    free(runs->coefficients);
    free(runs);
}

size_t runs_bytes(const struct runs *runs)
{
    size_t bytes = sizeof *runs + runs->relevant.bytes + runs->first_source.bytes + runs->sources.bytes;
    for (uint32_t k = 0; k < runs->count; k++) {
        const struct question *question = runs->questions + k;
        bytes += sizeof *question + runs->model->counters * sizeof *runs->coefficients;
        bytes += question->limits.bytes + question->best.bytes + question->gains.bytes + question->counting.bytes;
        bytes += question->frontier.bytes + question->next.bytes + question->links.bytes;
    }
    return bytes;
}

/* --- judging states and runs ------------------------------------------------------------------------------------- */

/* Note the limit of the state at `position`; those before `known` have theirs, unless they were left out so far. */
static bool note_limit(struct question *question, uint32_t position, size_t known, number limit)
{
    if (known == 0)
        question->same_limit = limit;
    if (!question->differ && limit == question->same_limit)
        return true;
    size_t positions = position < known ? known : (size_t)position + 1;
    if (!make_room(&question->limits, positions, sizeof(number)))
        return false;
    number *limits = question->limits.data;
    for (size_t each = question->differ ? known : 0; each < positions; each++)
        limits[each] = each < known ? question->same_limit : UNJUDGED;
    limits[position] = limit;
    question->differ = true;
    return true;
}

/* Returns ANSWER_TRUE with a value, else ANSWER_OVERFLOW or ANSWER_FAILED. */
static int ask(const struct runs *runs, struct question *question, uint32_t asked, uint32_t position,
               const word *state, struct labels *scratch, number *value)
{
    *value = 0;
    scratch->failures = 0;
    int answer = runs->model->answer(asked, state, value, scratch);
    if (answer == ANSWER_FAILED) {
        question->failure = scratch->failures ? (uint32_t)__builtin_ctz(scratch->failures) : 0;
        question->failed_position = position;
        question->failed_asked = asked;
        scratch->failures = 0;
    }
    return answer == ANSWER_FALSE ? ANSWER_TRUE : answer;
}

int runs_state(struct runs *runs, uint32_t position, const word *state, struct labels *scratch)
{
    int result = 0;
    for (uint32_t k = 0; k < runs->count; k++) {
        struct question *question = runs->questions + k;
        if (question->state != RUN_OPEN)
            continue;
        number condition, limit = UNJUDGED;
        int answer = ask(runs, question, question->condition, position, state, scratch, &condition);
        if (answer == ANSWER_TRUE && condition)
            answer = ask(runs, question, question->limit, position, state, scratch, &limit);
        if (answer == ANSWER_OVERFLOW)
            return ANSWER_OVERFLOW;
        if (answer == ANSWER_FAILED) {
            settle(question, RUN_WITHOUT_VALUE);
            result = ANSWER_FAILED;
        } else if (!note_limit(question, position, runs->positions, limit)) {
            return RUNS_NO_MEMORY;
        }
    }
    if (position >= runs->positions)
        runs->positions = (size_t)position + 1;
    return result;
}

int runs_begin(struct runs *runs)
{
    for (uint32_t k = 0; k < runs->count; k++)
        if (runs->questions[k].state == RUN_OPEN && rounds_begin(runs->questions + k, runs->positions))
            return RUNS_NO_MEMORY;
    return 0;
}

int runs_advance(struct runs *runs, const struct graph *graph)
{
    for (uint32_t k = 0; k < runs->count; k++)
        if (runs->questions[k].state == RUN_OPEN && rounds_advance(runs->questions + k, graph, runs->positions, NULL))
            return RUNS_NO_MEMORY;
    return 0;
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

/* The graph backwards: the sources of steps to p are sources[first_source[p]] up to first_source[p + 1]. */
static bool turn_round(struct runs *runs, const struct graph *graph)
{
    if (runs->first_source.data)
        return true; /* for an earlier question */
    if (!make_room(&runs->first_source, runs->positions + 2, sizeof(uint64_t)))
        return false;
    uint64_t *first = runs->first_source.data;
    memset(first, 0, (runs->positions + 2) * sizeof *first);
    for (size_t position = 0; position < runs->positions; position++)
        for (uint32_t e = 0; e < graph->degree[position]; e++)
            first[graph->edges[graph->first[position] + e].target + 2]++;
    for (size_t position = 2; position < runs->positions + 2; position++)
        first[position] += first[position - 1];
    if (!make_room(&runs->sources, first[runs->positions + 1] + 1, sizeof(uint32_t)))
        return false;
    uint32_t *sources = runs->sources.data;
    /* first[p + 1] is where the sources of p go next; in the end it is where those of p + 1 begin. */
    for (size_t position = 0; position < runs->positions; position++)
        for (uint32_t e = 0; e < graph->degree[position]; e++)
            sources[first[graph->edges[graph->first[position] + e].target + 1]++] = (uint32_t)position;
    return true;
}

/* From which states can a judged one be reached? */
static bool find_relevant(struct runs *runs, const struct question *question, const struct graph *graph)
{
    struct array waiting = {0};
    if (!turn_round(runs, graph) || !make_room(&runs->relevant, runs->positions, 1) ||
        !make_room(&waiting, runs->positions, sizeof(uint32_t)))
        return false;
    const uint64_t *first = runs->first_source.data;
    const uint32_t *sources = runs->sources.data;
    uint8_t *relevant = runs->relevant.data;
    uint32_t *stack = waiting.data;
    size_t depth = 0;
    for (size_t position = 0; position < runs->positions; position++) {
        relevant[position] = limit_at(question, (uint32_t)position) != UNJUDGED;
        if (relevant[position])
            stack[depth++] = (uint32_t)position;
    }
    while (depth > 0) {
        uint32_t position = stack[--depth];
        for (uint64_t i = first[position]; i < first[position + 1]; i++) {
            if (!relevant[sources[i]]) {
                relevant[sources[i]] = 1;
                stack[depth++] = sources[i];
            }
        }
    }
    drop(&waiting);
    return true;
}

static int finish(struct runs *runs, struct question *question, const struct graph *graph, int (*go_on)(void *),
                  void *context)
{
    const uint8_t *relevant = NULL;
    if (question->arrivals && (question->differ || question->same_limit == UNJUDGED)) {
        if (!find_relevant(runs, question, graph))
            return RUNS_NO_MEMORY;
        relevant = runs->relevant.data;
        struct arrival *frontier = question->frontier.data;
        size_t kept = 0;
        for (size_t i = 0; i < question->arrivals; i++)
            if (relevant[frontier[i].position])
                frontier[kept++] = frontier[i];
        question->arrivals = kept;
    }
    while (question->arrivals && question->state == RUN_OPEN) {
        if (!go_on(context))
            return 0;
        if (rounds_advance(question, graph, runs->positions, relevant))
            return RUNS_NO_MEMORY;
    }
    if (question->state == RUN_OPEN)
        settle(question, RUN_ABSENT);
    return 0;
}

int runs_finish(struct runs *runs, const struct graph *graph, int (*go_on)(void *), void *context)
{
    int result = 0;
    for (uint32_t k = 0; k < runs->count && !result; k++)
        if (runs->questions[k].state == RUN_OPEN)
            result = finish(runs, runs->questions + k, graph, go_on, context);
    drop(&runs->relevant);
    drop(&runs->first_source);
    drop(&runs->sources);
    return result;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

uint32_t runs_state_of(const struct runs *runs, uint32_t k)
{
    return runs->questions[k].state;
}

int runs_failed(const struct runs *runs, uint32_t k, uint32_t *failure, uint32_t *position, uint32_t *asked)
{
    const struct question *question = runs->questions + k;
    if (question->state != RUN_WITHOUT_VALUE)
        return 0;
    *failure = question->failure;
    *position = question->failed_position;
    *asked = question->failed_asked;
    return 1;
}

uint32_t runs_length(const struct runs *runs, uint32_t k)
{
    return (uint32_t)runs->questions[k].links_count - 1;
}

uint32_t runs_start(const struct runs *runs, uint32_t k)
{
    return ((const struct link *)runs->questions[k].links.data)[0].target;
}

void runs_step(const struct runs *runs, uint32_t k, uint32_t i, uint32_t *target, uint32_t *weight)
{
    const struct link *link = (const struct link *)runs->questions[k].links.data + i + 1;
    *target = link->target;
    *weight = link->weight;
}
