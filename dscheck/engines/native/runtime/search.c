/* How does Python drive a search? Making and freeing one, starting, waiting, reading what came out. */
#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include <stdlib.h>
#include <time.h>

#include "machine.h"

#define STACK_BYTES ((size_t)8 << 20) /* generated code may have large frames; musl gives 128 KiB by default */

/* --- making ---------------------------------------------------------------------------------------------------- */

static void *copy(const void *data, size_t count, size_t item_bytes)
{
    void *own = calloc(count + 1, item_bytes);
    if (own && count > 0)
        memcpy(own, data, count * item_bytes);
    return own;
}

static void number_findings(struct search *search)
{
    const struct model *model = search->model;
    struct numbering *numbers = &search->numbers;
    uint32_t next = 0;
    numbers->failed = next, next += FAILURE_KINDS;
    numbers->always_false = next, next += model->always;
    numbers->always_failed = next, next += model->always;
    numbers->step_false = next, next += model->steps;
    numbers->step_failed = next, next += model->steps;
    numbers->asked_true = next, next += model->asked;
    numbers->asked_failed = next, next += model->asked;
    numbers->final = next++;
    numbers->unused = next++;
    numbers->runs = next, next += search->questions.run_count;
    numbers->by_failure = next, next += FAILURE_KINDS;
    numbers->count = next;
}

static bool copy_questions(struct search *search, const struct questions *questions)
{
    struct questions *own = &search->questions;
    *own = *questions;
    number_findings(search);
    own->pending = copy(questions->pending, questions->pending_count, sizeof *own->pending);
    own->final = copy(questions->final, questions->final_count, sizeof *own->final);
    own->runs = NULL; /* the rounds have their own copy */
    own->progress = copy(questions->progress, questions->progress_count, sizeof *own->progress);
    own->stops = copy(questions->stops, search->numbers.by_failure, sizeof *own->stops);
    search->findings = calloc(search->numbers.count, sizeof *search->findings);
    search->finding_lengths = calloc(search->numbers.count, sizeof *search->finding_lengths);
    search->fired = calloc(search->model->rules + 1, sizeof *search->fired);
    search->branches = calloc(2 * (size_t)search->model->branches + 1, 1);
    search->reached = calloc(questions->pending_count + 1, sizeof *search->reached);
    if (!own->pending || !own->final || !own->progress || !own->stops || !search->findings || !search->finding_lengths ||
        !search->reached || !search->fired || !search->branches)
        return false;
    for (uint32_t number = 0; number < search->numbers.count; number++)
        atomic_init(&search->finding_lengths[number], UINT32_MAX);
    atomic_init(&search->pending, questions->pending_count);
    if (questions->run_count > 0) {
        search->runs = runs_new(search->model, questions->runs, questions->run_count);
        search->options.keep_edges = 1;
        if (!search->runs)
            return false;
    }
    if (search->model->fair)
        search->options.keep_edges = 1;
    return true;
}

static struct worker *make_worker(struct search *search)
{
    size_t bytes = (sizeof(struct worker) + 63) / 64 * 64;
    struct worker *worker = aligned_alloc(64, bytes);
    if (!worker)
        return NULL;
    memset(worker, 0, bytes);
    worker->search = search;
    const struct model *model = search->model;
    worker->fired = calloc(model->rules + 1, sizeof *worker->fired);
    worker->fired_nowhere = calloc(model->rules + 1, sizeof *worker->fired);
    worker->branches = calloc(2 * (size_t)model->branches + 1, 1);
    worker->branches_nowhere = calloc(2 * (size_t)model->branches + 1, 1);
    worker->ids = malloc(search->kind == STORE_TREE ? (size_t)SLICE * TREE_NODES * sizeof *worker->ids : 1);
    worker->asking.fired = worker->fired_nowhere;
    worker->asking.branches = worker->branches_nowhere;
    atomic_fetch_add(&search->memory.used, bytes);
    if (!worker->fired || !worker->fired_nowhere || !worker->branches || !worker->branches_nowhere || !worker->ids ||
        !make_owing(worker) || !make_batches(worker)) {
        free_batches(worker);
        free(worker->fired), free(worker->fired_nowhere);
        free(worker->branches), free(worker->branches_nowhere);
        free(worker->known_owed), free(worker->known_marks), free(worker->enabled);
        free(worker->ids), free(worker);
        return NULL;
    }
    return worker;
}

/* SEARCH_RUNNING or why there is no memory. */
static int open_stores(struct search *search)
{
    const struct search_options *options = &search->options;
    struct store *states = &search->states;
    unsigned width = search->kind == STORE_PLAIN ? WORDS : 1;
    int status = store_open(states, &search->memory, width, options->max_states, SEARCH_MAX_STATES, options->workers);
    if (status == SEARCH_RUNNING && search->kind == STORE_TREE)
        status = store_open(&search->nodes, &search->memory, 1, UINT64_MAX, SEARCH_NO_MEMORY, options->workers);
    if (status != SEARCH_RUNNING)
        return status;
    uint64_t positions = states->keys.items;
    bool reserved = region_reserve(&search->parents, &search->memory, sizeof(uint32_t), positions);
    states->beside[0] = &search->parents;
    if (search->kind == STORE_FINGERPRINT) {
        uint64_t blocks = positions / DROP_BLOCK + 1;
        reserved = reserved && region_reserve(&search->frontier, &search->memory, WORDS * sizeof(word), positions);
        states->beside[1] = &search->frontier;
        search->dropped = calloc(blocks, sizeof *search->dropped);
        reserved = reserved && search->dropped;
    }
    if (options->keep_edges) {
        reserved = reserved && record_open(&search->record, &search->memory, search->model->counters,
                                           columns(search->model) - search->model->counters, positions);
        states->beside[2] = &search->record.first;
        states->beside[3] = &search->record.degree;
    }
    if (search->model->fair) {
        reserved = reserved && open_owing(search) &&
                   region_reserve(&search->marks, &search->memory, sizeof(uint32_t), positions);
        states->beside[4] = &search->marks;
    }
    for (unsigned i = 0; i < BESIDE && reserved; i++) {
        if (states->beside[i] && states->beside[i]->items < states->capacity) {
            states->capacity = states->beside[i]->items;
            states->full = SEARCH_MAX_MEMORY;
        }
    }
    return reserved ? SEARCH_RUNNING : SEARCH_NO_MEMORY;
}

static bool make_locks(struct search *search)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0)
        return false;
#ifndef __APPLE__
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    return pthread_mutex_init(&search->finding_mutex, NULL) == 0 &&
           pthread_mutex_init(&search->meeting.mutex, NULL) == 0 &&
           pthread_cond_init(&search->meeting.over, NULL) == 0 &&
           pthread_mutex_init(&search->status_mutex, NULL) == 0 &&
           pthread_cond_init(&search->status_changed, &attributes) == 0;
}

struct search *search_new(const struct model *model, const struct questions *questions,
                          const struct search_options *options)
{
    if (model->abi != DSCHECK_ABI || model->words != WORDS)
        return NULL;
    struct search *search = calloc(1, sizeof *search);
    if (!search)
        return NULL;
    search->model = model;
    search->options = *options;
    if (search->options.workers == 0)
        search->options.workers = 1;
    search->workers = search->options.workers;
    search->kind = WORDS == 1 && options->store == STORE_TREE ? STORE_PLAIN : options->store;
    search->memory.most = options->max_bytes;
    search->status = SEARCH_RUNNING;
    search->crew = calloc(search->workers, sizeof *search->crew);
    bool made = search->crew && make_locks(search) && copy_questions(search, questions);
    for (unsigned i = 0; made && i < search->workers; i++) {
        search->crew[i] = make_worker(search);
        made = search->crew[i] != NULL;
    }
    if (made)
        search->status = open_stores(search);
    if (!made) {
        search_free(search);
        return NULL;
    }
    return search;
}

static void free_worker(struct worker *worker)
{
    if (!worker)
        return;
    free_batches(worker);
    spans_free(&worker->found);
    free(worker->fired), free(worker->fired_nowhere);
    free(worker->branches), free(worker->branches_nowhere);
    free(worker->known_owed), free(worker->known_marks), free(worker->enabled);
    free(worker->ids), free(worker);
}

static void join_workers(struct search *search)
{
    if (!search->started || search->joined)
        return;
    for (unsigned i = 0; i < search->workers; i++)
        pthread_join(search->crew[i]->thread, NULL);
    search->joined = true;
}

void search_free(struct search *search)
{
    if (!search)
        return;
    search_stop(search);
    join_workers(search);
    for (unsigned i = 0; search->crew && i < search->options.workers; i++)
        free_worker(search->crew[i]);
    free(search->crew);
    store_close(&search->states);
    if (search->kind == STORE_TREE)
        store_close(&search->nodes);
    region_free(&search->parents);
    region_free(&search->frontier);
    if (search->options.keep_edges)
        record_close(&search->record);
    free_owing(search);
    runs_free(search->runs);
    spans_free(&search->level);
    spans_free(&search->history);
    spans_free(&search->restored);
    free(search->history_ends);
    free(search->dropped);
    free((void *)search->questions.pending), free((void *)search->questions.final);
    free((void *)search->questions.stops), free((void *)search->questions.progress);
    free(search->findings), free((void *)search->finding_lengths), free((void *)search->reached);
    free(search->fired), free(search->branches);
    free(search->summary);
    pthread_mutex_destroy(&search->finding_mutex), pthread_mutex_destroy(&search->status_mutex);
    pthread_mutex_destroy(&search->meeting.mutex);
    pthread_cond_destroy(&search->meeting.over), pthread_cond_destroy(&search->status_changed);
    free(search);
}

/* --- driving ----------------------------------------------------------------------------------------------------- */

int search_seed(struct search *search, const word *states, size_t count)
{
    if (search->status != SEARCH_RUNNING)
        return search->status;
    struct worker *worker = search->crew[0];
    struct batch *batch = &worker->batches[0];
    word *room = batch->labels.successors;
    search->solo = true;
    for (size_t from = 0; from < count && !halted(search); from += SLICE) {
        size_t some = count - from < SLICE ? count - from : SLICE;
        memcpy(room, states + from * WORDS, some * WORDS * sizeof(word));
        batch->initial = true;
        batch->labels.count = some;
        batch->states = 1;
        batch->positions[0] = NOWHERE;
        batch->upto[0] = (uint32_t)some;
        for (size_t j = 0; j < some; j++)
            batch->hashes[j] = search->kind == STORE_FINGERPRINT ? fingerprint_words(room + j * WORDS, WORDS)
                                                                 : hash_words(room + j * WORDS, WORDS);
        (void)insert_batch(worker, batch);
    }
    batch->initial = false;
    batch->labels.count = 0;
    batch->states = 0;
    note_positions(worker);
    search->solo = false;
    atomic_store(&worker->probes, 0); /* of successors */
    search->initial = atomic_load(&worker->stored);
    if (!halted(search) && gather_level(search))
        (void)begin_runs(search);
    if (halted(search))
        search->status = atomic_load(&search->halt);
    return search->status;
}

int search_start(struct search *search)
{
    if (search->status != SEARCH_RUNNING || search->started)
        return search->status;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return search->status = SEARCH_NO_MEMORY;
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    unsigned made = 0;
    pthread_mutex_lock(&search->meeting.mutex); /* nobody meets before it is known how many there are */
    while (made < search->workers &&
           pthread_create(&search->crew[made]->thread, &attributes, work, search->crew[made]) == 0)
        made++;
    search->workers = search->running = search->meeting.expected = made;
    search->started = made > 0;
    if (made == 0)
        search->status = SEARCH_NO_MEMORY;
    int status = search->status;
    pthread_mutex_unlock(&search->meeting.mutex);
    pthread_attr_destroy(&attributes);
    return status;
}

/* Wait for a change of status, at most so long. */
static void wait_for_change(struct search *search, uint32_t milliseconds)
{
    struct timespec until;
#ifdef __APPLE__
    until = (struct timespec){milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    pthread_cond_timedwait_relative_np(&search->status_changed, &search->status_mutex, &until);
#else
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t nanoseconds = (uint64_t)until.tv_nsec + (uint64_t)milliseconds * 1000000;
    until.tv_sec += (time_t)(nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    pthread_cond_timedwait(&search->status_changed, &search->status_mutex, &until);
#endif
}

int search_wait(struct search *search, uint32_t milliseconds)
{
    pthread_mutex_lock(&search->status_mutex);
    if (search->status == SEARCH_RUNNING && search->started)
        wait_for_change(search, milliseconds);
    int status = search->status;
    pthread_mutex_unlock(&search->status_mutex);
    if (status != SEARCH_RUNNING && status != SEARCH_AT_LEVEL)
        join_workers(search);
    return status;
}

int search_continue(struct search *search)
{
    pthread_mutex_lock(&search->status_mutex);
    if (search->status == SEARCH_AT_LEVEL)
        search->status = SEARCH_RUNNING;
    int status = search->status;
    pthread_cond_broadcast(&search->status_changed);
    pthread_mutex_unlock(&search->status_mutex);
    return status;
}

void search_stop(struct search *search)
{
    halt(search, SEARCH_STOPPED);
    pthread_mutex_lock(&search->status_mutex);
    pthread_cond_broadcast(&search->status_changed);
    pthread_mutex_unlock(&search->status_mutex);
}
