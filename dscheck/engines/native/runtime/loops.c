/* Can a run go on for ever within some states, and be fair? As explore/fair_cycles.py, which is read first: what is reached,
 * and which strongly connected sections of it have a fair cycle through all of their states. */
#include "loops.h"

#include <stdlib.h>

#define POSITION_ARRAYS 11

/* --- memory ------------------------------------------------------------------------------------------------------- */

bool add_section(struct sections *sections, struct section section)
{
    if (sections->count == sections->room) {
        size_t room = sections->room ? 2 * sections->room : 64;
        struct section *data = realloc(sections->data, room * sizeof *data);
        if (!data)
            return false;
        sections->data = data;
        sections->room = room;
    }
    sections->data[sections->count++] = section;
    return true;
}

bool loops_hurried(struct loops *loops)
{
    if (loops->status == SEARCH_RUNNING && atomic_load_explicit(&loops->search->hurried, memory_order_relaxed))
        loops->status = SEARCH_STOPPED;
    return loops->status != SEARCH_RUNNING;
}

static void list_arrays(struct loops *loops, uint32_t **arrays[POSITION_ARRAYS])
{
    uint32_t **all[POSITION_ARRAYS] = {&loops->order, &loops->distance, &loops->before, &loops->part,
                                       &loops->index, &loops->low,      &loops->states, &loops->closed,
                                       &loops->path,  &loops->next,     &loops->open};
    memcpy(arrays, all, sizeof all);
}

void free_loops(struct loops *loops)
{
    if (!loops)
        return;
    uint32_t **arrays[POSITION_ARRAYS];
    list_arrays(loops, arrays);
    for (unsigned i = 0; i < POSITION_ARRAYS; i++)
        memory_unmap(&loops->search->memory, *arrays[i], (uint64_t)(loops->positions + 1) * sizeof **arrays[i]);
    free(loops->levels);
    free(loops->waiting.data), free(loops->fair.data);
    free(loops->steps);
    free(loops);
}

/* Zeroed, by number of something. */
static uint32_t *by_number(struct loops *loops, uint64_t count)
{
    uint32_t *found = calloc(count + 1, sizeof *found);
    if (!found)
        loops->status = SEARCH_NO_MEMORY;
    return found;
}

static void free_numbered(struct loops *loops)
{
    free(loops->seen_weight), free(loops->taken_set), free(loops->enabled_set);
    free(loops->taken), free(loops->missed), free(loops->enabled), free(loops->enabled_in), free(loops->met);
    free(loops->met_now);
}

static void make_numbered(struct loops *loops)
{
    uint64_t obligations = loops->fairness->obligations, sets = loops->fairness->sets.count;
    loops->seen_weight = by_number(loops, loops->search->record.weights);
    loops->taken_set = by_number(loops, sets);
    loops->enabled_set = by_number(loops, sets);
    loops->taken = by_number(loops, obligations);
    loops->missed = by_number(loops, obligations);
    loops->enabled = by_number(loops, obligations);
    loops->enabled_in = by_number(loops, obligations);
    loops->met = by_number(loops, obligations);
    loops->met_now = by_number(loops, obligations);
}

/* --- all expanded states ------------------------------------------------------------------------------------------ */

static bool end_depth(struct loops *loops)
{
    if (loops->depths == loops->level_room) {
        uint32_t room = loops->level_room ? 2 * loops->level_room : 256;
        uint32_t *levels = realloc(loops->levels, room * sizeof *levels);
        if (!levels) {
            loops->status = SEARCH_NO_MEMORY;
            return false;
        }
        loops->levels = levels;
        loops->level_room = room;
    }
    loops->levels[loops->depths++] = loops->ordered;
    return true;
}

/* Breadth-first from the initial states: the order in which one worker alone would have found them. */
static void order_states(struct loops *loops)
{
    uint32_t *seen = loops->distance;
    for (uint32_t state = 0; state < loops->search->initial; state++) {
        if (loops->marks[state]) {
            seen[state] = 1;
            loops->order[loops->ordered++] = state;
        }
    }
    uint32_t begin = 0;
    while (begin < loops->ordered && end_depth(loops)) {
        uint32_t end = loops->ordered;
        for (; begin < end; begin++) {
            uint32_t state = loops->order[begin];
            if (begin % 1024 == 0 && loops_hurried(loops))
                return;
            const struct edge *edge = loops->edges + loops->first[state];
            for (uint32_t left = loops->degree[state]; left > 0; left--, edge++) {
                if (loops->marks[edge->target] && !seen[edge->target]) {
                    seen[edge->target] = 1;
                    loops->order[loops->ordered++] = edge->target;
                }
            }
        }
    }
}

/* The steps of the states of a level that was not finished are not all known. */
static void forget_unfinished(struct search *search)
{
    if (search->ending == SEARCH_EXHAUSTED || search->ending == SEARCH_MAX_DEPTH || search->ending == SEARCH_FOUND)
        return;
    uint32_t *marks = (uint32_t *)(void *)search->marks.data;
    for (size_t i = 0; i < search->level.count; i++)
        for (uint32_t state = search->level.ranges[i].begin; state < search->level.ranges[i].end; state++)
            marks[state] = 0;
}

static struct loops *open_loops(struct search *search, int *status)
{
    struct loops *loops = calloc(1, sizeof *loops);
    *status = SEARCH_NO_MEMORY;
    if (!loops)
        return NULL;
    struct graph graph = record_graph(&search->record);
    loops->search = search;
    loops->first = graph.first;
    loops->degree = graph.degree;
    loops->edges = graph.edges;
    loops->marks = (const uint32_t *)(const void *)search->marks.data;
    loops->positions = (uint32_t)atomic_load(&search->states.next);
    uint32_t **arrays[POSITION_ARRAYS];
    list_arrays(loops, arrays);
    *status = loops->status = SEARCH_RUNNING;
    for (unsigned i = 0; i < POSITION_ARRAYS && *status == SEARCH_RUNNING; i++)
        *arrays[i] = memory_map(&search->memory, (uint64_t)(loops->positions + 1) * sizeof **arrays[i], status);
    if (*status == SEARCH_RUNNING) {
        forget_unfinished(search);
        order_states(loops);
        *status = loops->status;
    }
    if (*status == SEARCH_RUNNING)
        return loops;
    free_loops(loops);
    return NULL;
}

/* --- what can be reached ------------------------------------------------------------------------------------------ */

static bool may_visit(const struct loops *loops, uint32_t state)
{
    return loops->marks[state] && loops->question->allowed[loops->marks[state] - 1];
}

/* Breadth-first from all owing states together; each joins at its own distance. How many states are reached. */
static uint32_t reach(struct loops *loops)
{
    uint32_t begin = 0, count = 0;
    memset(loops->distance, 0xff, (size_t)loops->positions * sizeof *loops->distance);
    for (uint32_t depth = 0; depth < loops->depths || begin < count; depth++) {
        bool owes = depth < loops->depths && (depth == 0 || !loops->question->initially);
        for (uint32_t at = owes && depth > 0 ? loops->levels[depth - 1] : 0; owes && at < loops->levels[depth]; at++) {
            uint32_t state = loops->order[at];
            if (loops->distance[state] == NOWHERE && may_visit(loops, state) &&
                loops->question->owing[loops->marks[state] - 1]) {
                loops->distance[state] = depth;
                loops->before[state] = NOWHERE;
                loops->states[count++] = state;
            }
        }
        for (uint32_t end = count; begin < end; begin++) {
            uint32_t state = loops->states[begin];
            if (begin % 1024 == 0 && loops_hurried(loops))
                return 0;
            const struct edge *edge = loops->edges + loops->first[state];
            for (uint32_t left = loops->degree[state]; left > 0; left--, edge++) {
                if (loops->distance[edge->target] != NOWHERE || !may_visit(loops, edge->target))
                    continue;
                loops->distance[edge->target] = depth + 1;
                loops->before[edge->target] = state;
                loops->states[count++] = edge->target;
            }
        }
    }
    return count;
}

/* --- sections ----------------------------------------------------------------------------------------------------- */

/* What inner steps of the section take is stamped in `taken`; the clocks that they shift. */
static uint32_t take_inner(struct loops *loops, const struct section *section)
{
    uint32_t moved = 0, number = section->number;
    for (uint32_t at = section->begin; at < section->end; at++) {
        uint32_t state = loops->closed[at];
        const struct edge *edge = loops->edges + loops->first[state];
        for (uint32_t left = loops->degree[state]; left > 0; left--, edge++) {
            if (loops->part[edge->target] != number || loops->seen_weight[edge->weight] == number)
                continue;
            loops->seen_weight[edge->weight] = number;
            moved |= loops->fairness->moved[edge->weight];
            uint32_t set = loops->fairness->taken[edge->weight];
            if (loops->taken_set[set] == number)
                continue;
            loops->taken_set[set] = number;
            const uint32_t *end;
            for (const uint32_t *owed = members(loops, set, &end); owed < end; owed++)
                loops->taken[*owed] = number;
        }
    }
    return moved;
}

/* In how many of the distinct sets of its states is each obligation? Those in any are put in `met_now`: their number. */
static uint32_t count_enabled(struct loops *loops, const struct section *section, uint32_t *sets)
{
    uint32_t count = 0;
    *sets = 0;
    for (uint32_t at = section->begin; at < section->end; at++) {
        uint32_t set = enabled_of(loops, loops->closed[at]);
        if (loops->enabled_set[set] == section->number)
            continue;
        loops->enabled_set[set] = section->number;
        ++*sets;
        const uint32_t *end;
        for (const uint32_t *owed = members(loops, set, &end); owed < end; owed++) {
            if (loops->enabled[*owed] != section->number) {
                loops->enabled[*owed] = section->number;
                loops->enabled_in[*owed] = 0;
                loops->met_now[count++] = *owed;
            }
            loops->enabled_in[*owed]++;
        }
    }
    return count;
}

static bool misses(const struct loops *loops, uint32_t state, uint32_t number)
{
    const uint32_t *end;
    for (const uint32_t *owed = members(loops, enabled_of(loops, state), &end); owed < end; owed++)
        if (loops->missed[*owed] == number)
            return true;
    return false;
}

/* Keep a section if a fair cycle goes through all of it. Otherwise drop the states that no fair cycle in it goes through;
 * the others wait to be looked at again. */
static void judge_section(struct loops *loops, struct section section)
{
    uint32_t moved = take_inner(loops, &section), sets, number = section.number;
    uint32_t count = count_enabled(loops, &section, &sets);
    bool missed = false, hopeless = false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t owed = loops->met_now[i];
        if (loops->taken[owed] == number || loops->fairness->clocks[owed] & moved)
            continue;
        if (loops->fairness->strong[owed]) {
            loops->missed[owed] = number;
            missed = true;
        } else if (loops->enabled_in[owed] == sets) {
            hopeless = true;
        }
    }
    if (!missed && !hopeless) {
        section.distance = NOWHERE;
        for (uint32_t at = section.begin; at < section.end; at++)
            if (loops->distance[loops->closed[at]] < section.distance)
                section.distance = loops->distance[loops->closed[at]];
        if (!add_section(&loops->fair, section))
            loops->status = SEARCH_NO_MEMORY;
        return;
    }
    uint32_t kept = section.begin;
    for (uint32_t at = section.begin; at < section.end; at++) {
        uint32_t state = loops->closed[at];
        loops->part[state] = 0;
        if (!hopeless && !misses(loops, state, number))
            loops->closed[kept++] = state;
    }
    if (kept == section.begin)
        return;
    section.end = kept;
    section.number = ++loops->last;
    for (uint32_t at = section.begin; at < kept; at++) {
        loops->part[loops->closed[at]] = section.number;
        loops->index[loops->closed[at]] = 0;
    }
    if (!add_section(&loops->waiting, section))
        loops->status = SEARCH_NO_MEMORY;
}

/* The strongly connected sections of one; each is judged as soon as it is found. */
static void split_section(struct loops *loops, struct section within)
{
    uint32_t visits = 0, closed = within.begin, opened = 0, number = within.number;
    for (uint32_t root = within.begin; root < within.end; root++) {
        if (loops->part[loops->states[root]] != number)
            continue; /* closed already; its section may be waiting under another number */
        uint32_t depth = 0, entering = loops->states[root];
        for (;;) {
            if (entering != NOWHERE) {
                loops->index[entering] = loops->low[entering] = ++visits;
                loops->open[opened++] = entering;
                loops->path[depth] = entering;
                loops->next[depth++] = 0;
                entering = NOWHERE;
                if (visits % 1024 == 0 && loops_hurried(loops))
                    return;
            }
            uint32_t state = loops->path[depth - 1];
            const struct edge *edges = loops->edges + loops->first[state];
            uint32_t degree = loops->degree[state], low = loops->low[state], at = loops->next[depth - 1];
            for (; at < degree && entering == NOWHERE; at++) {
                uint32_t target = edges[at].target;
                if (loops->part[target] != number)
                    continue;
                if (loops->index[target] == 0)
                    entering = target;
                else if (loops->index[target] < low)
                    low = loops->index[target];
            }
            loops->next[depth - 1] = at;
            loops->low[state] = low;
            if (entering != NOWHERE)
                continue;
            depth--;
            if (depth > 0 && low < loops->low[loops->path[depth - 1]])
                loops->low[loops->path[depth - 1]] = low;
            if (low == loops->index[state]) {
                struct section found = {.begin = closed, .number = ++loops->last};
                uint32_t last;
                do {
                    last = loops->open[--opened];
                    loops->part[last] = found.number;
                    loops->closed[closed++] = last;
                } while (last != state);
                found.end = closed;
                judge_section(loops, found);
                if (loops->status != SEARCH_RUNNING)
                    return;
                if (loops->last > UINT32_MAX - 4) {
                    loops->status = SEARCH_NO_MEMORY; /* numbers */
                    return;
                }
            }
            if (depth == 0)
                break;
        }
    }
    memcpy(loops->states + within.begin, loops->closed + within.begin,
           (size_t)(within.end - within.begin) * sizeof *loops->states);
}

static void find_fair_sections(struct loops *loops, uint32_t count)
{
    size_t bytes = (size_t)loops->positions * sizeof *loops->part;
    memset(loops->part, 0, bytes);
    memset(loops->index, 0, bytes);
    loops->fair.count = loops->waiting.count = 0;
    loops->last = 1;
    for (uint32_t at = 0; at < count; at++)
        loops->part[loops->states[at]] = 1;
    if (count > 0 && !add_section(&loops->waiting, (struct section){.end = count, .number = 1}))
        loops->status = SEARCH_NO_MEMORY;
    while (loops->waiting.count > 0 && !loops_hurried(loops))
        split_section(loops, loops->waiting.data[--loops->waiting.count]);
}

/* --- the question ------------------------------------------------------------------------------------------------- */

int search_loop(struct search *search, const struct fairness *fairness, const struct loop_question *question,
                struct loop *loop)
{
    int status = SEARCH_RUNNING;
    *loop = (struct loop){0};
    if (!search->loops)
        search->loops = open_loops(search, &status);
    if (!search->loops)
        return status;
    struct loops *loops = search->loops;
    loops->fairness = fairness;
    loops->question = question;
    loops->status = SEARCH_RUNNING;
    make_numbered(loops);
    if (loops->status == SEARCH_RUNNING) {
        find_fair_sections(loops, reach(loops));
        if (loops->status == SEARCH_RUNNING && loops->fair.count > 0)
            choose_loop(loops, loop);
        if (loops->status == SEARCH_RUNNING && loops->fair.count > 0 && !loop->found)
            loop->found = LOOP_LOST;
    }
    free_numbered(loops);
    return loops->status;
}

void search_hurry(struct search *search)
{
    atomic_store(&search->hurried, true);
}
