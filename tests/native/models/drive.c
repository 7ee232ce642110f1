/* Does a search break rules of C that counts do not show? Short runs of everything, for the sanitizers; the arguments
 * are numbers of workers. */
#include <stdio.h>
#include <stdlib.h>

#include "grid.h"
#include "search.h"

#define UNLIMITED UINT64_MAX

static const struct grid QUIET = {.dimensions = 4, .side = 6, .wraps = 1, .overflow_at = OFF, .fails_at = OFF,
    .step_false_at = OFF, .step_failed_at = OFF, .false_at = OFF, .failed_at = OFF, .goal_at = OFF,
    .asked_failed_at = OFF, .limit = 1000, .faults_from = OFF};

static const int32_t COEFFICIENTS[] = {1, 0};
static const struct run_question BOUND = {.condition = 1, .limit = 2, .tight = 0, .coefficients = COEFFICIENTS};
static const uint32_t PENDING[] = {0}, FINAL[] = {3};
static const uint8_t NO_STOPS[64];

static struct search_options options(uint32_t store, uint32_t workers)
{
    return (struct search_options){.workers = workers, .store = store, .max_states = UNLIMITED,
                                   .max_depth = UNLIMITED, .max_bytes = (uint64_t)1 << 30};
}

static struct search *begin(const struct search_options *options, uint32_t runs)
{
    struct questions questions = {.pending_count = 1, .final_count = 1, .run_count = runs, .judges_final = 1,
                                  .pending = PENDING, .final = FINAL, .runs = &BOUND, .stops = NO_STOPS};
    return search_new(&grid_model, &questions, options);
}

static int seed(struct search *search)
{
    word initial[2 * WORDS] = {0};
    initial[WORDS] = 1; /* a second initial state, one step from the first */
    return search_seed(search, initial, 2);
}

static int finish(struct search *search)
{
    int status = search_start(search);
    while (status == SEARCH_RUNNING || status == SEARCH_AT_LEVEL) {
        struct search_report report;
        search_get_report(search, &report);
        if (status == SEARCH_AT_LEVEL)
            search_continue(search);
        status = search_wait(search, 20);
    }
    return status;
}

static void expect(const char *what, struct search *search, int status, int wanted, uint64_t states)
{
    struct search_report report;
    search_get_report(search, &report);
    if (status == wanted && (states == 0 || report.states == states))
        return;
    printf("%s: status %d, not %d; states %llu, not %llu\n", what, status, wanted, (unsigned long long)report.states,
           (unsigned long long)states);
    exit(1);
}

static void explore_all(uint32_t store, uint32_t workers, uint32_t runs)
{
    struct search_options chosen = options(store, workers);
    struct search *search = begin(&chosen, runs);
    int status = seed(search);
    expect("seed", search, status, SEARCH_RUNNING, 2);
    expect("all", search, finish(search), SEARCH_EXHAUSTED, 6 * 6 * 6 * 6);
    word state[WORDS];
    struct search_report report;
    search_get_report(search, &report);
    for (uint32_t position = 0; position < report.positions; position += 97) {
        (void)search_state(search, position, state);
        (void)search_parent(search, position);
        (void)search_fingerprint(search, position);
    }
    (void)search_fired(search), (void)search_branches(search);
    search_free(search);
}

static void cut(uint32_t store, uint32_t workers)
{
    struct search_options chosen = options(store, workers);
    chosen.max_states = 1000;
    struct search *search = begin(&chosen, 0);
    seed(search);
    expect("max_states", search, finish(search), SEARCH_MAX_STATES, 1000);
    search_free(search);

    chosen = options(store, workers);
    chosen.max_depth = 4;
    search = begin(&chosen, 0);
    seed(search);
    expect("max_depth", search, finish(search), SEARCH_MAX_DEPTH, 0);
    search_free(search);

    grid.dimensions = 8;
    chosen = options(store, workers);
    chosen.max_bytes = (uint64_t)2 << 20;
    search = begin(&chosen, 0);
    int status = seed(search);
    expect("max_bytes", search, status == SEARCH_RUNNING ? finish(search) : status, SEARCH_MAX_MEMORY, 0);
    search_free(search);

    chosen = options(store, workers);
    search = begin(&chosen, 0);
    seed(search);
    search_start(search);
    (void)search_wait(search, 5);
    search_stop(search);
    expect("stop", search, finish(search), SEARCH_STOPPED, 0);
    search_free(search);

    search = begin(&chosen, 0); /* freed while it runs */
    seed(search);
    search_start(search);
    search_free(search);
    grid = QUIET;
}

static void save_and_go_on(uint32_t store, uint32_t workers, uint32_t later_workers, uint32_t runs)
{
    struct search_options chosen = options(store, workers);
    chosen.pause_at_levels = 1;
    struct search *search = begin(&chosen, runs);
    seed(search);
    search_start(search);
    for (int level = 0; level < 6; level++) {
        while (search_wait(search, 20) == SEARCH_RUNNING)
            continue;
        if (level < 5)
            search_continue(search);
    }
    struct part parts[SEARCH_PARTS];
    uint32_t count = search_parts(search, parts, SEARCH_PARTS);
    chosen.workers = later_workers;
    struct search *later = begin(&chosen, runs);
    if (count == 0 || !search_restore(later, parts, count)) {
        printf("not restored\n");
        exit(1);
    }
    search_free(search);
    expect("restored", later, finish(later), SEARCH_EXHAUSTED, 6 * 6 * 6 * 6);
    search_free(later);
}

static void report_everything(uint32_t store, uint32_t workers)
{
    grid.wraps = 0;
    grid.fails_at = 3;
    grid.step_false_at = 2;
    grid.step_failed_at = 3;
    grid.false_at = 4;
    grid.failed_at = 5;
    grid.goal_at = 6;
    grid.asked_failed_at = 2;
    grid.faults_from = 7;
    explore_all(store, workers, 0);
    grid = QUIET;
    grid.overflow_at = 5;
    struct search_options chosen = options(store, workers);
    struct search *search = begin(&chosen, 0);
    seed(search);
    expect("overflow", search, finish(search), SEARCH_OVERFLOW, 0);
    search_free(search);
    grid = QUIET;
}

int main(int arguments, char **argument)
{
    grid = QUIET;
    for (uint32_t store = STORE_PLAIN; store <= STORE_FINGERPRINT; store++) {
        for (int i = 1; i < arguments; i++) {
            uint32_t workers = (uint32_t)atoi(argument[i]);
            explore_all(store, workers, 0);
            explore_all(store, workers, 1);
            cut(store, workers);
            report_everything(store, workers);
            save_and_go_on(store, workers, 3, 0);
            if (store != STORE_FINGERPRINT)
                save_and_go_on(store, workers, 2, 1);
        }
    }
    printf("fine\n");
    return 0;
}
