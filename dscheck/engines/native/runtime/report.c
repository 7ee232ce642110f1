/* What came out? What Python reads of a search: counts at any time, everything else while no worker runs. */
#include "machine.h"

static uint64_t sum(struct search *search, size_t offset)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < search->options.workers; i++) {
        const unsigned char *worker = (const unsigned char *)search->crew[i];
        total += atomic_load_explicit((const _Atomic uint64_t *)(const void *)(worker + offset), memory_order_relaxed);
    }
    return total;
}

static uint64_t slots_of(const struct store *store)
{
    return atomic_load_explicit(&store->lines, memory_order_relaxed) * LINE;
}

void search_get_report(struct search *search, struct search_report *report)
{
    pthread_mutex_lock(&search->status_mutex);
    report->status = (uint32_t)search->status;
    pthread_mutex_unlock(&search->status_mutex);
    uint32_t overflow = atomic_load(&search->overflow);
    report->overflow = overflow ? overflow - 1 : 0;
    uint64_t expanded = sum(search, offsetof(struct worker, expanded)); /* first: both grow meanwhile */
    report->states = sum(search, offsetof(struct worker, stored));
    report->transitions = sum(search, offsetof(struct worker, transitions));
    report->queue = report->states > expanded ? report->states - expanded : 0;
    report->depth = atomic_load_explicit(&search->depth, memory_order_relaxed);
    report->bytes = atomic_load_explicit(&search->memory.used, memory_order_relaxed) +
                    atomic_load_explicit(&search->runs_bytes, memory_order_relaxed);
    report->positions = atomic_load_explicit(&search->states.next, memory_order_relaxed);
    report->slots = slots_of(&search->states) + slots_of(&search->nodes);
    report->probes = sum(search, offsetof(struct worker, probes));
}

const struct finding *search_findings(struct search *search)
{
    return search->findings;
}

uint32_t search_findings_count(struct search *search)
{
    return search->numbers.count;
}

const uint64_t *search_fired(struct search *search)
{
    for (uint32_t rule = 0; rule < search->model->rules; rule++) {
        search->fired[rule] = 0;
        for (unsigned i = 0; i < search->options.workers; i++)
            search->fired[rule] += search->crew[i]->fired[rule];
    }
    return search->fired;
}

const uint8_t *search_branches(struct search *search)
{
    for (size_t outcome = 0; outcome < 2 * (size_t)search->model->branches; outcome++)
        for (unsigned i = 0; i < search->options.workers; i++)
            search->branches[outcome] |= search->crew[i]->branches[outcome];
    return search->branches;
}

int search_state(struct search *search, uint32_t position, word *state)
{
    if (position >= atomic_load(&search->states.next))
        return 0;
    word room[WORDS];
    const word *kept = state_at(search, position, room);
    if (!kept)
        return 0;
    memcpy(state, kept, WORDS * sizeof(word));
    return 1;
}

uint32_t search_parent(struct search *search, uint32_t position)
{
    if (position >= atomic_load(&search->states.next))
        return NOWHERE;
    return ((const uint32_t *)(const void *)search->parents.data)[position];
}

uint64_t search_fingerprint(struct search *search, uint32_t position)
{
    if (position >= atomic_load(&search->states.next))
        return 0;
    if (search->kind == STORE_FINGERPRINT)
        return ((const word *)(const void *)search->states.keys.data)[position];
    word room[WORDS];
    return fingerprint_words(state_at(search, position, room), WORDS);
}

uint64_t search_fingerprint_of(const word *state)
{
    return fingerprint_words(state, WORDS);
}

uint32_t search_run_length(struct search *search, uint32_t k)
{
    return runs_length(search->runs, k);
}

uint32_t search_run_start(struct search *search, uint32_t k)
{
    return runs_start(search->runs, k);
}

void search_run_step(struct search *search, uint32_t k, uint32_t i, uint32_t *target, int32_t *counts)
{
    uint32_t weight;
    runs_step(search->runs, k, i, target, &weight);
    const struct region *increments = &search->record.increments;
    memcpy(counts, increments->data + weight * increments->item_bytes, search->model->counters * sizeof *counts);
}

uint32_t search_run_state(struct search *search, uint32_t k)
{
    return runs_state_of(search->runs, k);
}
