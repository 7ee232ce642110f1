/* What happens between two levels? The leader collects the new level, judges runs, and decides whether to go on. */
#include <stdlib.h>

#include "machine.h"

#define SMALL_LEVEL 256 /* states that one worker expands sooner than all could meet */
#define MOST_CLAIMED 256
#define LEAST_CLAIMED 16

/* --- runs --------------------------------------------------------------------------------------------------------- */

static bool weigh_memory(struct search *search)
{
    uint64_t bytes = runs_bytes(search->runs);
    atomic_store_explicit(&search->runs_bytes, bytes, memory_order_relaxed);
    uint64_t used = atomic_load_explicit(&search->memory.used, memory_order_relaxed);
    if (used <= search->memory.most && bytes <= search->memory.most - used)
        return true;
    halt(search, SEARCH_MAX_MEMORY);
    return false;
}

static int may_go_on(void *context)
{
    struct search *search = context;
    return !halted(search) && weigh_memory(search);
}

static bool runs_open(struct search *search)
{
    for (uint32_t k = 0; k < search->questions.run_count; k++)
        if (runs_state_of(search->runs, k) == RUN_OPEN)
            return true;
    return false;
}

static void note_run_failures(struct search *search, uint64_t depth)
{
    uint32_t failure, position, k;
    for (uint32_t number = 0; number < search->questions.run_count; number++)
        if (runs_failed(search->runs, number, &failure, &position, &k))
            note_finding(search, search->numbers.asked_failed + k, position, depth, failure);
}

static void note_run_answers(struct search *search, uint64_t depth)
{
    for (uint32_t k = 0; k < search->questions.run_count; k++) {
        if (runs_state_of(search->runs, k) != RUN_FOUND)
            continue;
        uint32_t last = runs_start(search->runs, k), length = runs_length(search->runs, k), weight;
        if (length > 0)
            runs_step(search->runs, k, length - 1, &last, &weight);
        note_finding(search, search->numbers.runs + k, last, depth, 0);
    }
}

/* Condition and limit of all new states. False when the search has to end. */
static bool judge_new_states(struct search *search, const struct range *ranges, size_t count, uint64_t depth)
{
    struct labels *asking = &search->crew[0]->asking;
    word room[WORDS];
    bool failed = false;
    for (size_t i = 0; i < count && runs_open(search); i++) {
        for (uint32_t position = ranges[i].begin; position < ranges[i].end && !halted(search); position++) {
            asking->failures = 0;
            asking->overflow = 0;
            int answer = runs_state(search->runs, position, state_at(search, position, room), asking);
            failed = failed || answer == ANSWER_FAILED;
            if (answer == ANSWER_OVERFLOW)
                halt_overflow(search, asking);
            else if (answer == RUNS_NO_MEMORY)
                halt(search, SEARCH_NO_MEMORY);
        }
    }
    if (failed)
        note_run_failures(search, depth);
    return !halted(search) && weigh_memory(search);
}

static bool after_runs(struct search *search, int result, uint64_t depth)
{
    if (result != 0)
        halt(search, SEARCH_NO_MEMORY);
    note_run_answers(search, depth);
    return weigh_memory(search) && !halted(search);
}

/* The runs without a step, when the initial states are there. False when the search has to end. */
bool begin_runs(struct search *search)
{
    return !search->runs || (judge_new_states(search, search->level.ranges, search->level.count, 0) &&
                             after_runs(search, runs_begin(search->runs), 0));
}

static bool advance_runs(struct search *search, const struct range *ranges, size_t count, uint64_t depth)
{
    struct graph graph = record_graph(&search->record);
    return judge_new_states(search, ranges, count, depth) &&
           after_runs(search, runs_open(search) ? runs_advance(search->runs, &graph) : 0, depth);
}

static bool finish_runs(struct search *search)
{
    struct graph graph = record_graph(&search->record);
    return !search->runs || !runs_open(search) ||
           after_runs(search, runs_finish(search->runs, &graph, may_go_on, search), atomic_load(&search->depth));
}

/* After a checkpoint: the same rounds again, on the graph that was kept. A round only uses steps from states that as
 * many steps reach, so that it does not matter that more of the graph is there than at the first time. */
static bool replay_runs(struct search *search)
{
    search->replay = false;
    const struct range *ranges = search->history.ranges;
    uint64_t from = 0;
    for (uint64_t depth = 0; depth < search->history_levels; depth++) {
        size_t count = search->history_ends[depth] - from;
        if (depth == 0 ? !(judge_new_states(search, ranges, count, 0) &&
                           after_runs(search, runs_begin(search->runs), 0))
                       : !advance_runs(search, ranges + from, count, depth))
            return false;
        from = search->history_ends[depth];
    }
    return true;
}

/* --- levels ------------------------------------------------------------------------------------------------------- */

/* States whose steps are known need not be kept beside their fingerprints; whole blocks of them are given back. */
void drop_states(struct search *search, struct range range)
{
    for (uint32_t at = range.begin; at < range.end;) {
        uint32_t block = at / DROP_BLOCK, left = DROP_BLOCK - at % DROP_BLOCK;
        uint32_t some = left < range.end - at ? left : range.end - at;
        search->dropped[block] += some;
        if (search->dropped[block] == DROP_BLOCK)
            region_forget(&search->frontier, (uint64_t)block * DROP_BLOCK, ((uint64_t)block + 1) * DROP_BLOCK);
        at += some;
    }
}

static bool keep_history(struct search *search)
{
    if (search->history_levels == search->history_room) {
        uint64_t room = search->history_room ? 2 * search->history_room : 64;
        uint64_t *ends = realloc(search->history_ends, room * sizeof *ends);
        if (!ends)
            return false;
        search->history_ends = ends;
        search->history_room = room;
    }
    for (size_t i = 0; i < search->level.count; i++)
        if (!spans_add(&search->history, search->level.ranges[i].begin, search->level.ranges[i].end))
            return false;
    search->history_ends[search->history_levels++] = search->history.count;
    return true;
}

/* What the workers found becomes the level. */
bool gather_level(struct search *search)
{
    spans_clear(&search->level);
    bool noted = true;
    for (unsigned i = 0; i < search->workers; i++) {
        struct worker *worker = search->crew[i];
        for (size_t k = 0; k < worker->found.count; k++)
            noted = noted && spans_add(&search->level, worker->found.ranges[k].begin, worker->found.ranges[k].end);
        spans_clear(&worker->found);
    }
    noted = noted && spans_order(&search->level) && (!search->runs || keep_history(search));
    if (!noted)
        halt(search, SEARCH_NO_MEMORY);
    return noted;
}

static void finish_level(struct search *search)
{
    for (size_t i = 0; search->kind == STORE_FINGERPRINT && i < search->level.count; i++)
        drop_states(search, search->level.ranges[i]);
    if (!gather_level(search))
        return;
    uint64_t depth = atomic_load(&search->depth);
    if (search->runs && !advance_runs(search, search->level.ranges, search->level.count, depth + 1))
        return;
    if (search->level.total > 0)
        atomic_store_explicit(&search->depth, depth + 1, memory_order_relaxed);
}

/* Between two levels: the caller may look at everything, and lets the search go on or stops it. */
static void pause_search(struct search *search)
{
    pthread_mutex_lock(&search->status_mutex);
    search->status = SEARCH_AT_LEVEL;
    pthread_cond_broadcast(&search->status_changed);
    while (search->status == SEARCH_AT_LEVEL && !halted(search))
        pthread_cond_wait(&search->status_changed, &search->status_mutex);
    search->status = SEARCH_RUNNING;
    pthread_mutex_unlock(&search->status_mutex);
}

static void end(struct search *search, int status)
{
    search->ending = halted(search) ? atomic_load(&search->halt) : status;
    search->task = TASK_END;
}

/* Everything is explored: a finding in the last level does not make the search less complete. */
static void end_explored(struct search *search)
{
    finish_runs(search);
    end(search, SEARCH_EXHAUSTED);
}

static void hand_out_level(struct search *search)
{
    uint64_t block = search->level.total / (8 * search->workers);
    search->block = block > MOST_CLAIMED ? MOST_CLAIMED : block < LEAST_CLAIMED ? LEAST_CLAIMED : block;
    atomic_store_explicit(&search->level.claimed, 0, memory_order_relaxed);
}

/* Called when a level is done, and at first: decide what all workers do next. */
void next_level(struct search *search, struct worker *leader)
{
    if (search->task == TASK_START && search->replay)
        (void)replay_runs(search);
    for (;;) {
        bool edge = search->task == TASK_EDGE;
        if (search->task == TASK_EXPAND && !halted(search))
            finish_level(search);
        settle_reached(search);
        if (halted(search)) {
            end(search, SEARCH_STOPPED);
            return;
        }
        if (edge && atomic_load(&search->edge_has_labels)) {
            end(search, SEARCH_MAX_DEPTH);
            return;
        }
        if (edge || search->level.total == 0) {
            end_explored(search);
            return;
        }
        if (waited_for(search)) {
            end(search, SEARCH_FOUND);
            return;
        }
        hand_out_level(search);
        if (atomic_load(&search->depth) == search->options.max_depth) {
            search->task = TASK_EDGE;
            return;
        }
        if (search->options.pause_at_levels && search->task == TASK_EXPAND) {
            pause_search(search);
            if (halted(search))
                continue;
        }
        search->task = TASK_EXPAND;
        if (search->workers == 1 || search->level.total >= SMALL_LEVEL)
            return;
        search->solo = true;
        expand_level(leader);
        search->solo = false;
    }
}
