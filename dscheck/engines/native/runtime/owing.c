/* Who is owed what? What a fair model tells of its labels, and what is kept of each state for questions about progress. */
#include <stdlib.h>

#include "machine.h"

#define FIRST_ENABLED 64

static uint32_t words_of_truths(const struct search *search)
{
    return (search->questions.progress_count + 31) / 32;
}

bool open_owing(struct search *search)
{
    return lists_open(&search->owed, &search->memory) && lists_open(&search->marked, &search->memory);
}

bool make_owing(struct worker *worker)
{
    if (!worker->search->model->fair)
        return true;
    worker->known_owed = calloc(1, sizeof *worker->known_owed);
    worker->known_marks = calloc(1, sizeof *worker->known_marks);
    worker->enabled_room = words_of_truths(worker->search) + FIRST_ENABLED;
    worker->enabled = calloc(worker->enabled_room, sizeof *worker->enabled);
    atomic_fetch_add(&worker->search->memory.used, 2 * sizeof *worker->known_owed);
    return worker->known_owed && worker->known_marks && worker->enabled;
}

void free_owing(struct search *search)
{
    if (!search->model->fair)
        return;
    free_loops(search->loops);
    lists_close(&search->owed);
    lists_close(&search->marked);
    region_free(&search->marks);
}

/* --- what the model calls ----------------------------------------------------------------------------------------- */

static uint32_t owe(struct labels *labels, const uint32_t *items, uint32_t length)
{
    struct worker *worker = ((struct batch *)(void *)labels)->worker;
    uint32_t list = 0;
    int status = lists_number(&worker->search->owed, worker->known_owed, items, length, &list);
    if (status != SEARCH_RUNNING)
        halt(worker->search, status);
    return list;
}

static void enable(struct labels *labels, uint32_t list)
{
    struct worker *worker = ((struct batch *)(void *)labels)->worker;
    uint32_t *last = worker->enabled + words_of_truths(worker->search) + worker->enabled_count;
    if (worker->enabled_count > 0 && last[-1] == list)
        return;
    if (words_of_truths(worker->search) + worker->enabled_count == worker->enabled_room) {
        uint32_t *more = realloc(worker->enabled, 2 * worker->enabled_room * sizeof *more);
        if (!more) {
            halt(worker->search, SEARCH_NO_MEMORY);
            return;
        }
        worker->enabled = more;
        worker->enabled_room *= 2;
        last = more + words_of_truths(worker->search) + worker->enabled_count;
    }
    *last = list;
    worker->enabled_count++;
}

void hear_owing(struct labels *labels)
{
    labels->owe = owe;
    labels->enable = enable;
}

/* --- what is kept of a state -------------------------------------------------------------------------------------- */

static int by_number(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Sorted, each once; how many these are. */
static uint32_t distinct(uint32_t *numbers, uint32_t count)
{
    bool sorted = true;
    for (uint32_t i = 1; i < count; i++)
        sorted = sorted && numbers[i - 1] < numbers[i];
    if (sorted)
        return count;
    qsort(numbers, count, sizeof *numbers, by_number);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < count; i++)
        if (numbers[i] != numbers[kept - 1])
            numbers[kept++] = numbers[i];
    return kept;
}

static void ask_progress(struct worker *worker, uint32_t position, const word *state)
{
    struct search *search = worker->search;
    uint64_t depth = atomic_load_explicit(&search->depth, memory_order_relaxed);
    memset(worker->enabled, 0, words_of_truths(search) * sizeof *worker->enabled);
    for (uint32_t i = 0; i < search->questions.progress_count; i++) {
        uint32_t k = search->questions.progress[i];
        int answer = ask_whether(worker, k, state);
        if (answer == ANSWER_TRUE)
            worker->enabled[i / 32] |= UINT32_C(1) << i % 32;
        else if (answer == ANSWER_FAILED)
            note_finding(search, search->numbers.asked_failed + k, position, depth,
                         (uint32_t)__builtin_ctz(worker->asking.failures | 1u << (FAILURE_KINDS - 1)));
    }
}

void mark_state(struct worker *worker, uint32_t position, const word *state)
{
    struct search *search = worker->search;
    uint32_t truths = words_of_truths(search), mark = 0;
    ask_progress(worker, position, state);
    uint32_t count = truths + distinct(worker->enabled + truths, worker->enabled_count);
    worker->enabled_count = 0;
    int status = lists_number(&search->marked, worker->known_marks, worker->enabled, count, &mark);
    if (status != SEARCH_RUNNING)
        halt(search, status);
    else
        ((uint32_t *)(void *)search->marks.data)[position] = mark + 1;
}

void search_fair_tables(struct search *search, struct fair_tables *tables)
{
    struct graph graph = record_graph(&search->record);
    *tables = (struct fair_tables){
        .owed = {(const uint32_t *)(const void *)search->owed.items.data,
                 (const uint64_t *)(const void *)search->owed.begins.data, search->owed.count},
        .marks = {(const uint32_t *)(const void *)search->marked.items.data,
                  (const uint64_t *)(const void *)search->marked.begins.data, search->marked.count},
        .increments = graph.increments,
        .weights = graph.weights,
        .columns = graph.counters + graph.beside,
    };
}
