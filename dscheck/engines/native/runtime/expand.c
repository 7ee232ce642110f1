/* Which steps lead out of the states of a level? States are expanded in batches; while the memory that the successors
 * of one batch need is on its way, the next batch is expanded. */
#include <stdlib.h>

#include "machine.h"

#define FIRST_ROOM (2 * (size_t)SLICE)

/* --- room for successors ------------------------------------------------------------------------------------------ */

static uint64_t bytes_per_successor(const struct worker *worker, const struct labels *labels)
{
    uint64_t counts = labels->counts ? columns(worker->search->model) * sizeof *labels->counts : 0;
    return WORDS * sizeof(word) + sizeof(uint64_t) + counts;
}

static bool enlarge(struct batch *batch, size_t room)
{
    struct labels *labels = &batch->labels;
    word *successors = realloc(labels->successors, room * WORDS * sizeof(word));
    if (successors)
        labels->successors = successors;
    uint64_t *hashes = realloc(batch->hashes, room * sizeof *hashes);
    if (hashes)
        batch->hashes = hashes;
    int32_t *counts = NULL;
    if (labels->counts) {
        counts = realloc(labels->counts, room * columns(batch->worker->search->model) * sizeof *counts);
        if (counts)
            labels->counts = counts;
    }
    if (!successors || !hashes || (labels->counts && !counts))
        return false;
    labels->room = room;
    return true;
}

/* Called by the model. It cannot be told that there is no memory: then the successors so far are given up, so that it
 * has room to finish, and the search ends. */
static void grow(struct labels *labels)
{
    struct batch *batch = (struct batch *)(void *)labels;
    struct search *search = batch->worker->search;
    uint64_t more = labels->room * bytes_per_successor(batch->worker, labels);
    if (!memory_take(&search->memory, more)) {
        halt(search, SEARCH_MAX_MEMORY);
        labels->count = 0;
    } else if (!enlarge(batch, 2 * labels->room)) {
        memory_give(&search->memory, more);
        halt(search, SEARCH_NO_MEMORY);
        labels->count = 0;
    }
}

bool make_batches(struct worker *worker)
{
    struct search *search = worker->search;
    bool counting = search->options.keep_edges && columns(search->model) > 0;
    for (unsigned i = 0; i < 2; i++) {
        struct batch *batch = &worker->batches[i];
        batch->worker = worker;
        batch->labels.fired = worker->fired;
        batch->labels.branches = worker->branches;
        batch->labels.grow = grow;
        hear_owing(&batch->labels);
        if (counting) {
            batch->labels.counts = malloc(sizeof *batch->labels.counts);
            if (!batch->labels.counts)
                return false;
        }
        if (!enlarge(batch, FIRST_ROOM))
            return false;
        atomic_fetch_add(&search->memory.used, FIRST_ROOM * bytes_per_successor(worker, &batch->labels));
        if (search->kind == STORE_TREE) {
            batch->decoded = malloc(BATCH_STATES * WORDS * sizeof *batch->decoded);
            batch->ids = malloc((size_t)BATCH_STATES * TREE_NODES * sizeof *batch->ids);
            if (!batch->decoded || !batch->ids)
                return false;
        }
    }
    return true;
}

void free_batches(struct worker *worker)
{
    for (unsigned i = 0; i < 2; i++) {
        struct batch *batch = &worker->batches[i];
        free(batch->labels.successors);
        free(batch->labels.counts);
        free(batch->hashes);
        free(batch->decoded);
        free(batch->ids);
    }
}

/* --- the states of the level -------------------------------------------------------------------------------------- */

/* Up to GROUP neighbouring states of the level: their number and the first position. 0: none is left. */
static unsigned gather(struct worker *worker, uint32_t *first)
{
    struct search *search = worker->search;
    struct range range = spans_next(&search->level, &worker->walk, GROUP);
    if (range.begin == range.end) {
        if (!spans_claim(&search->level, search->block, &worker->walk))
            return 0;
        range = spans_next(&search->level, &worker->walk, GROUP);
    }
    *first = range.begin;
    return range.end - range.begin;
}

/* `count` states from a position on, one after the other; those of roots are decoded into the batch. */
static const word *states_from(struct worker *worker, struct batch *batch, uint32_t first, unsigned count)
{
    struct search *search = worker->search;
    const word *keys = (const word *)(const void *)search->states.keys.data;
    switch (search->kind) {
    case STORE_TREE: {
        word *decoded = batch->decoded + (size_t)batch->states * WORDS;
        tree_decode(&search->nodes, keys + first, count, decoded, batch->ids + (size_t)batch->states * TREE_NODES);
        return decoded;
    }
    case STORE_FINGERPRINT:
        return (const word *)(const void *)search->frontier.data + (uint64_t)first * WORDS;
    default:
        return keys + (uint64_t)first * WORDS;
    }
}

const word *state_at(struct search *search, uint32_t position, word *room)
{
    const word *keys = (const word *)(const void *)search->states.keys.data;
    if (search->kind == STORE_PLAIN)
        return keys + (uint64_t)position * WORDS;
    if (search->kind == STORE_TREE) {
        uint32_t ids[TREE_NODES];
        tree_decode(&search->nodes, keys + position, 1, room, ids);
        return room;
    }
    if (search->dropped[position / DROP_BLOCK] == DROP_BLOCK)
        return NULL;
    if (position < search->restored_positions && !spans_contain(&search->restored, position))
        return NULL;
    return (const word *)(const void *)search->frontier.data + (uint64_t)position * WORDS;
}

/* Everything but what only counts up; `count` goes on through the batch. */
static void clear_labels(struct labels *labels)
{
    labels->labels = 0;
    labels->failures = 0;
    labels->progress = 0;
    labels->steps_false = 0;
    memset(labels->steps_failed, 0, sizeof labels->steps_failed);
    labels->overflow = 0;
}

static bool wrong_steps(const struct labels *labels)
{
    uint64_t any = labels->failures | labels->steps_false;
    for (unsigned failure = 0; failure < FAILURE_KINDS; failure++)
        any |= labels->steps_failed[failure];
    return any != 0;
}

/* Hash the successors while they are in the cache, and ask for the lines of the index. */
static void hash_successors(struct search *search, struct batch *batch, size_t from)
{
    const word *successor = batch->labels.successors + from * WORDS;
    size_t count = batch->labels.count;
    if (search->kind == STORE_PLAIN) {
        for (size_t j = from; j < count; j++, successor += WORDS) {
            batch->hashes[j] = hash_words(successor, WORDS);
            store_prefetch(&search->states, batch->hashes[j]);
        }
    } else if (search->kind == STORE_FINGERPRINT) {
        for (size_t j = from; j < count; j++, successor += WORDS)
            batch->hashes[j] = fingerprint_words(successor, WORDS);
    }
}

/* Expand one state into the batch. False when the search has to end. */
static bool expand_state(struct worker *worker, struct batch *batch, uint32_t position, const word *state)
{
    struct search *search = worker->search;
    struct labels *labels = &batch->labels;
    size_t before = labels->count;
    clear_labels(labels);
    search->model->expand(state, labels);
    if (labels->overflow) {
        halt_overflow(search, labels);
        return false;
    }
    if (labels->count < before)
        return false; /* no memory: see `grow` */
    hash_successors(search, batch, before);
    batch->positions[batch->states] = position;
    batch->upto[batch->states++] = (uint32_t)labels->count;
    count_up(&worker->transitions, labels->labels);
    if (wrong_steps(labels))
        judge_steps(worker, position, labels);
    if (search->questions.judges_final && !labels->progress)
        judge_final(worker, position, state);
    if (search->model->fair)
        mark_state(worker, position, state);
    return true;
}

/* Where do the steps of these states go in the recorded graph? */
static bool place_edges(struct search *search, struct worker *worker, struct batch *batch)
{
    int status = record_edges(&search->record, &worker->pen, batch->labels.count, &batch->first_edge);
    if (status != SEARCH_RUNNING) {
        halt(search, status);
        return false;
    }
    uint64_t *first = (uint64_t *)(void *)search->record.first.data;
    uint32_t *degree = (uint32_t *)(void *)search->record.degree.data, done = 0;
    for (uint32_t i = 0; i < batch->states; i++) {
        first[batch->positions[i]] = batch->first_edge + done;
        degree[batch->positions[i]] = batch->upto[i] - done;
        done = batch->upto[i];
    }
    return true;
}

static bool fill(struct worker *worker, struct batch *batch)
{
    struct search *search = worker->search;
    while (batch->labels.count < ENOUGH && batch->states + GROUP <= BATCH_STATES) {
        uint32_t first;
        unsigned count = gather(worker, &first);
        if (count == 0)
            break;
        const word *states = states_from(worker, batch, first, count);
        for (unsigned i = 0; i < count; i++)
            if (!expand_state(worker, batch, first + i, states + (size_t)i * WORDS))
                return false;
    }
    count_up(&worker->expanded, batch->states);
    return !search->options.keep_edges || place_edges(search, worker, batch);
}

static void empty(struct batch *batch)
{
    batch->labels.count = 0;
    batch->states = 0;
}

/* Until nothing of the level is left for this worker, or the search has to end. */
void expand_level(struct worker *worker)
{
    struct search *search = worker->search;
    struct batch *next = &worker->batches[0], *last = &worker->batches[1];
    empty(next);
    empty(last);
    do {
        if (atomic_load_explicit(&search->asked, memory_order_relaxed))
            attend(worker);
        if (halted(search) || !fill(worker, next) || !insert_batch(worker, last))
            break;
        empty(last);
        struct batch *swap = last;
        last = next;
        next = swap;
    } while (last->states > 0);
    note_positions(worker);
}

/* The states at the greatest depth may be wrong final states, and may have labels; nothing is explored from them, and
 * nothing is counted. */
void judge_edge(struct worker *worker)
{
    struct search *search = worker->search;
    struct batch *batch = &worker->batches[0];
    struct labels *labels = &batch->labels;
    labels->fired = worker->fired_nowhere;
    labels->branches = worker->branches_nowhere;
    uint32_t first;
    unsigned count;
    while (!halted(search) && (count = gather(worker, &first)) > 0) {
        empty(batch);
        const word *states = states_from(worker, batch, first, count);
        for (unsigned i = 0; i < count && !halted(search); i++) {
            const word *state = states + (size_t)i * WORDS;
            labels->count = 0;
            clear_labels(labels);
            search->model->expand(state, labels);
            if (labels->overflow)
                halt_overflow(search, labels);
            if (labels->labels)
                atomic_store_explicit(&search->edge_has_labels, true, memory_order_relaxed);
            if (!labels->progress)
                judge_final(worker, first + i, state);
            if (search->model->fair && !labels->labels)
                mark_state(worker, first + i, state); /* all its steps are known: there are none */
            worker->enabled_count = 0;
        }
    }
    empty(batch);
    labels->fired = worker->fired;
    labels->branches = worker->branches;
}
