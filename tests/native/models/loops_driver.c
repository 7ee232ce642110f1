/* Explores a fair model with each store and as many workers as the arguments say, asks for loops in it, and saves and
 * restores it between two levels; for sanitizers. Prints "fine". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

#define SIDE 30
#define ANY (-1)

/* Two numbers below SIDE. Rule 0 raises the first, and begins again at its end; rule 1 raises the second as far as it goes.
 * Each is an obligation of its own, rule 1 once per value of the first. */
static void take(const word *state, struct labels *labels, uint32_t rule)
{
    const uint32_t key[2] = {rule, rule ? (uint32_t)state[0] : 0};
    uint32_t list = labels->owe(labels, key, 2);
    if (labels->count == labels->room)
        labels->grow(labels);
    word *after = labels->successors + WORDS * labels->count;
    after[0] = rule ? state[0] : (state[0] + 1) % SIDE;
    after[1] = state[1] + rule;
    labels->counts[2 * labels->count] = (int32_t)list;
    labels->counts[2 * labels->count + 1] = 0;
    labels->count++;
    labels->labels++;
    labels->progress = 1;
    labels->fired[rule]++;
    labels->enable(labels, list);
}

static void expand(const word *state, struct labels *labels)
{
    take(state, labels, 0);
    if (state[1] + 1 < SIDE)
        take(state, labels, 1);
}

static int violations(const word *state, struct labels *labels)
{
    (void)state, (void)labels;
    return 0;
}

static int always_holds(uint32_t k, const word *state, struct labels *labels)
{
    (void)k, (void)state, (void)labels;
    return ANSWER_TRUE;
}

static int answer(uint32_t k, const word *state, number *value, struct labels *labels)
{
    (void)labels;
    *value = k == 0 ? state[1] + 1 == SIDE : 1;
    return ANSWER_TRUE;
}

static const struct model model = {
    .abi = DSCHECK_ABI, .words = WORDS, .rules = 2, .asked = 2, .expand = expand, .violations = violations,
    .always_holds = always_holds, .answer = answer, .fair = 1,
};

static void fail(const char *what, int found)
{
    printf("%s: %d\n", what, found);
    exit(1);
}

static struct search *begin(uint32_t store, uint32_t workers, uint32_t pauses, uint64_t most)
{
    const uint32_t asked[2] = {0, 1};
    uint8_t stops[64] = {0};
    struct questions questions = {.stops = stops, .progress_count = 2, .progress = asked};
    struct search_options options = {workers, store, pauses, 0, UINT64_MAX, UINT64_MAX, most};
    struct search *search = search_new(&model, &questions, &options);
    if (!search)
        fail("search_new", 0);
    return search;
}

static int wait_for(struct search *search)
{
    int status;
    do
        status = search_wait(search, 20);
    while (status == SEARCH_RUNNING);
    return status;
}

static uint32_t item(const struct list_table *table, uint32_t list, uint32_t place)
{
    return table->items[table->begins[list] + place];
}

/* Obligation 0 is that of rule 0; 1 + k that of rule 1 at k. Weak, it is disabled elsewhere, so that only its strong form
 * makes the second number grow. The length of the loop, stem and cycle, or -1.
 * `wanted` is the status that is expected; it becomes the status that came. */
static int loop_length(struct search *search, uint8_t strong, int *wanted)
{
    struct fair_tables tables;
    search_fair_tables(search, &tables);
    uint32_t clocks[SIDE + 1] = {0};
    uint8_t strengths[SIDE + 1] = {0};
    /* sets: the empty one, {0}, {k + 1}; {0, k + 1} is put behind them */
    uint64_t all_begins[2 * SIDE + 3] = {0};
    uint32_t all_items[3 * SIDE + 1], used = 0, sets = 1; /* all_begins[0] and [1] are 0: the empty set */
    all_items[used++] = 0, all_begins[++sets] = used;
    for (uint32_t k = 0; k < SIDE; k++)
        all_items[used++] = k + 1, all_begins[++sets] = used;
    for (uint32_t k = 0; k < SIDE; k++) {
        all_items[used++] = 0, all_items[used++] = k + 1, all_begins[++sets] = used;
        strengths[k + 1] = strong;
    }
    uint32_t *taken = calloc(tables.weights + 1, sizeof *taken), *moved = calloc(tables.weights + 1, sizeof *moved);
    uint32_t *enabled = calloc(tables.marks.count, sizeof *enabled);
    uint8_t *allowed = calloc(tables.marks.count, 1), *owing = calloc(tables.marks.count, 1);
    for (uint32_t weight = 0; weight < tables.weights; weight++) {
        uint32_t list = (uint32_t)tables.increments[weight * tables.columns + tables.columns - 2];
        taken[weight] = item(&tables.owed, list, 0) == 0 ? 1 : 2 + item(&tables.owed, list, 1);
    }
    for (uint32_t mark = 1; mark < tables.marks.count; mark++) {
        uint32_t length = (uint32_t)(tables.marks.begins[mark + 1] - tables.marks.begins[mark]), key = SIDE;
        for (uint32_t place = 1; place < length; place++)
            if (item(&tables.owed, item(&tables.marks, mark, place), 0) == 1)
                key = item(&tables.owed, item(&tables.marks, mark, place), 1);
        enabled[mark] = key == SIDE ? 1 : 2 + SIDE + key;
        allowed[mark] = !(item(&tables.marks, mark, 0) & 1);
        owing[mark] = item(&tables.marks, mark, 0) >> 1 & 1;
    }
    struct fairness fairness = {
        .obligations = SIDE + 1, .sets = {all_items, all_begins, sets}, .strong = strengths, .clocks = clocks,
        .enabled = enabled, .taken = taken, .moved = moved,
    };
    struct loop_question question = {allowed, owing, 1};
    struct loop loop;
    int status = search_loop(search, &fairness, &question, &loop);
    if (*wanted != ANY && status != *wanted)
        fail("search_loop", status);
    *wanted = status;
    int length = loop.found == 1 ? (int)(loop.stem + loop.cycle) : -1 - (int)(loop.found != 0);
    free(taken), free(moved), free(enabled), free(allowed), free(owing);
    return length;
}

static void ask_all(struct search *search)
{
    int running = SEARCH_RUNNING, weak = loop_length(search, 0, &running); /* around the first number, for ever: rule 1 at k is disabled elsewhere */
    if (weak != SIDE)
        fail("weak", weak);
    int strong = loop_length(search, 1, &running);
    if (strong != -1)
        fail("strong", strong);
}

static void explore(uint32_t store, uint32_t workers)
{
    const word initial[WORDS] = {0};
    struct search *search = begin(store, workers, 0, UINT64_MAX);
    search_seed(search, initial, 1);
    search_start(search);
    int status = wait_for(search);
    if (status != SEARCH_EXHAUSTED)
        fail("explore", status);
    struct search_report report;
    search_get_report(search, &report);
    uint64_t used = report.bytes;
    ask_all(search);
    search_hurry(search);
    int stopped = SEARCH_STOPPED;
    (void)loop_length(search, 0, &stopped);
    search_free(search);
    /* With less and less memory, at last the search gets what it needs, and loops do not. */
    int looped = SEARCH_RUNNING;
    for (uint64_t most = used; looped == SEARCH_RUNNING; most -= most / 8) {
        search = begin(store, workers, 0, most);
        search_seed(search, initial, 1);
        search_start(search);
        if ((status = wait_for(search)) != SEARCH_EXHAUSTED)
            fail("explore again", status);
        looped = ANY;
        (void)loop_length(search, 0, &looped);
        search_free(search);
    }
    if (looped != SEARCH_MAX_MEMORY)
        fail("less memory", looped);
}

static void resume(uint32_t store, uint32_t workers)
{
    const word initial[WORDS] = {0};
    struct search *search = begin(store, workers, 1, UINT64_MAX),
                  *later = begin(store, workers, 0, UINT64_MAX);
    search_seed(search, initial, 1);
    search_start(search);
    for (unsigned level = 0; level < SIDE; level++) {
        int status = wait_for(search);
        if (status != SEARCH_AT_LEVEL)
            fail("level", status);
        if (level + 1 < SIDE)
            search_continue(search);
    }
    struct part parts[SEARCH_PARTS];
    uint32_t count = search_parts(search, parts, SEARCH_PARTS);
    if (count == 0 || !search_restore(later, parts, count))
        fail("restore", (int)count);
    search_free(search);
    search_start(later);
    int status = wait_for(later);
    if (status != SEARCH_EXHAUSTED)
        fail("resume", status);
    ask_all(later);
    search_free(later);
}

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        for (uint32_t store = STORE_PLAIN; store <= STORE_FINGERPRINT; store++) {
            explore(store, (uint32_t)atoi(arguments[i]));
            resume(store, (uint32_t)atoi(arguments[i]));
        }
    }
    printf("fine\n");
    return 0;
}
