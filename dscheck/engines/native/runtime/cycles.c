/* Which fair cycle is short? As `_cycle` of explore/fair_cycles.py: from a state always on to the nearest witness that is
 * still missing, and back. Of the nearest sections and their nearest states the shortest is taken. */
#include "loops.h"

#include <stdlib.h>

#define MOST_SECTIONS 32
#define MOST_STARTS 16
#define MOST_LOOKS ((uint64_t)50000000) /* at steps, to find a shorter one; a first one is looked for as long as it takes */

/* A cycle that is being made. */
struct making {
    struct loops *loops;
    uint32_t part, start, current;
    uint32_t moved, wanted;      /* clocks: shifted so far, and of keys that are missing */
    uint32_t watched;            /* obligations in `watched_now` */
    uint32_t missing_weak;
    uint64_t looks;
    uint64_t most;               /* steps that the cycle may have */
};

/* By obligation, in the arrays of the sections, which are free by now: */
#define WATCHED 1u      /* it matters */
#define EVERYWHERE 2u   /* weak, and enabled in all states so far */
#define MET 4u          /* taken */
#define MISSING 8u

static bool push_step(struct loops *loops, struct loop_step step)
{
    if (loops->step_count == loops->step_room) {
        uint64_t room = loops->step_room ? 2 * loops->step_room : 256;
        struct loop_step *steps = realloc(loops->steps, room * sizeof *steps);
        if (!steps) {
            loops->status = SEARCH_NO_MEMORY;
            return false;
        }
        loops->steps = steps;
        loops->step_room = room;
    }
    loops->steps[loops->step_count++] = step;
    return true;
}

static uint32_t list_of(const struct loops *loops, const struct edge *edge)
{
    const struct record *record = &loops->search->record;
    const int32_t *columns = (const int32_t *)(const void *)record->increments.data + (size_t)edge->weight * record->counters;
    return (uint32_t)columns[record->counters - record->beside];
}

static void watch(struct making *making, uint32_t owed, uint32_t flags)
{
    struct loops *loops = making->loops;
    if (!(loops->met[owed] & WATCHED)) {
        loops->met[owed] |= WATCHED | flags;
        loops->met_now[making->watched++] = owed;
    }
}

/* The cycle begins here: weak ones that are not enabled here are no matter. */
static void begin_at(struct making *making, uint32_t start)
{
    struct loops *loops = making->loops;
    for (uint32_t i = 0; i < making->watched; i++)
        loops->met[loops->met_now[i]] = 0;
    making->watched = 0;
    making->start = making->current = start;
    making->moved = 0;
    const uint32_t *end;
    for (const uint32_t *owed = members(loops, enabled_of(loops, start), &end); owed < end; owed++)
        watch(making, *owed, loops->fairness->strong[*owed] ? 0 : EVERYWHERE);
}

/* A step is taken. */
static void go(struct making *making, const struct edge *edge)
{
    struct loops *loops = making->loops;
    const uint32_t *end, *owed;
    making->current = edge->target;
    making->moved |= loops->fairness->moved[edge->weight];
    for (owed = members(loops, loops->fairness->taken[edge->weight], &end); owed < end; owed++) {
        watch(making, *owed, 0);
        loops->met[*owed] |= MET;
    }
    making->loops->stamp++;
    for (owed = members(loops, enabled_of(loops, edge->target), &end); owed < end; owed++) {
        loops->enabled[*owed] = loops->stamp;
        if (loops->fairness->strong[*owed])
            watch(making, *owed, 0);
    }
    for (uint32_t i = 0; i < making->watched; i++)
        if (loops->met[loops->met_now[i]] & EVERYWHERE && loops->enabled[loops->met_now[i]] != loops->stamp)
            loops->met[loops->met_now[i]] &= ~EVERYWHERE;
}

/* What has no witness yet? */
static bool find_missing(struct making *making)
{
    struct loops *loops = making->loops;
    bool any = false;
    making->missing_weak = making->wanted = 0;
    for (uint32_t i = 0; i < making->watched; i++) {
        uint32_t owed = loops->met_now[i], *flags = &loops->met[owed];
        *flags &= ~MISSING;
        bool strong = loops->fairness->strong[owed];
        /* a strong one that was only taken, and a weak one that is not enabled everywhere, miss nothing */
        if (*flags & MET || loops->fairness->clocks[owed] & making->moved || !(strong || *flags & EVERYWHERE))
            continue;
        *flags |= MISSING;
        making->missing_weak += !strong;
        making->wanted |= loops->fairness->clocks[owed];
        any = true;
    }
    return any;
}

static bool is_witness(const struct making *making, const struct edge *edge)
{
    const struct loops *loops = making->loops;
    const uint32_t *end, *owed;
    if (loops->fairness->moved[edge->weight] & making->wanted)
        return true;
    for (owed = members(loops, loops->fairness->taken[edge->weight], &end); owed < end; owed++)
        if (loops->met[*owed] & MISSING)
            return true;
    uint32_t weak = 0;
    if (making->missing_weak == 0)
        return false;
    for (owed = members(loops, enabled_of(loops, edge->target), &end); owed < end; owed++)
        weak += loops->met[*owed] & MISSING && !loops->fairness->strong[*owed];
    return weak < making->missing_weak;
}

static bool add_step(struct making *making, const struct edge *edge)
{
    go(making, edge);
    return push_step(making->loops, (struct loop_step){edge->target, list_of(making->loops, edge)});
}

/* From the current state to `state` as it was found, then `last`. */
static bool add_way(struct making *making, uint32_t state, const struct edge *last)
{
    struct loops *loops = making->loops;
    uint32_t *way = loops->path, length = 0;
    for (uint32_t at = state; at != making->current; at = loops->low[at])
        way[length++] = at;
    while (length > 0) {
        const struct edge *edge = loops->edges + loops->first[making->current];
        while (edge->target != way[length - 1])
            edge++;
        length--;
        if (!add_step(making, edge))
            return false;
    }
    return add_step(making, last);
}

/* A shortest way on whose last step is a witness, or leads to the start. False when it would be too long. */
static bool go_on(struct making *making, bool closing)
{
    struct loops *loops = making->loops;
    uint32_t *queue = loops->closed, begin = 0, end = 0, stamp = ++loops->stamp;
    uint64_t length = loops->step_count;
    queue[end++] = making->current;
    loops->index[making->current] = stamp;
    while (begin < end && ++length <= making->most) {
        for (uint32_t level = end; begin < level; begin++) {
            uint32_t state = queue[begin];
            const struct edge *edge = loops->edges + loops->first[state];
            if (begin % 1024 == 0 && loops_hurried(loops))
                return false;
            making->looks += loops->degree[state];
            for (uint32_t left = loops->degree[state]; left > 0; left--, edge++) {
                if (loops->part[edge->target] != making->part)
                    continue;
                if (closing ? edge->target == making->start : is_witness(making, edge))
                    return add_way(making, state, edge);
                if (loops->index[edge->target] != stamp) {
                    loops->index[edge->target] = stamp;
                    loops->low[edge->target] = state;
                    queue[end++] = edge->target;
                }
            }
        }
    }
    return false;
}

/* A fair cycle from `start`, of at most so many steps, in `steps`. */
static bool make_cycle(struct making *making, uint32_t start, uint64_t most)
{
    struct loops *loops = making->loops;
    loops->step_count = 0;
    making->most = most;
    begin_at(making, start);
    for (;;) {
        bool missing = find_missing(making);
        if (!missing && making->current == start)
            return true;
        if (!go_on(making, !missing))
            return false;
    }
}

/* --- where it begins ---------------------------------------------------------------------------------------------- */

/* Where nothing is owed a run may stop: those first, then the nearest. */
static bool sooner(const struct loops *loops, uint32_t left, uint32_t right)
{
    const uint32_t *end;
    bool idle_left = members(loops, enabled_of(loops, left), &end) == end;
    bool idle_right = members(loops, enabled_of(loops, right), &end) == end;
    if (idle_left != idle_right)
        return idle_left;
    return loops->distance[left] < loops->distance[right];
}

static unsigned choose_starts(const struct loops *loops, const struct section *section, uint32_t starts[MOST_STARTS])
{
    unsigned count = 0;
    for (uint32_t at = section->begin; at < section->end; at++) {
        uint32_t state = loops->states[at];
        if (count == MOST_STARTS && !sooner(loops, state, starts[count - 1]))
            continue;
        unsigned place = count < MOST_STARTS ? count++ : count - 1;
        for (; place > 0 && sooner(loops, state, starts[place - 1]); place--)
            starts[place] = starts[place - 1];
        starts[place] = state;
    }
    return count;
}

/* The nearest sections, in the order in which they were found, come first. */
static void order_sections(struct sections *sections)
{
    size_t most = sections->count < MOST_SECTIONS ? sections->count : MOST_SECTIONS;
    for (size_t place = 0; place < most; place++) {
        size_t nearest = place;
        for (size_t i = place + 1; i < sections->count; i++)
            if (sections->data[i].distance < sections->data[nearest].distance)
                nearest = i;
        struct section section = sections->data[nearest];
        memmove(sections->data + place + 1, sections->data + place, (nearest - place) * sizeof section);
        sections->data[place] = section;
    }
    sections->count = most;
}

/* The steps of the way to the start of the cycle, before those of the cycle. */
static void add_stem(struct loops *loops, uint32_t start, struct loop *loop)
{
    uint64_t cycle = loops->step_count;
    uint32_t length = 0, state;
    for (state = start; loops->before[state] != NOWHERE; state = loops->before[state])
        loops->path[length++] = state;
    for (uint32_t i = 0; i < length; i++)
        if (!push_step(loops, (struct loop_step){0, 0}))
            return;
    if (cycle > 0)
        memmove(loops->steps + length, loops->steps, cycle * sizeof *loops->steps);
    loop->start = state;
    loop->stem = length;
    loop->cycle = (uint32_t)cycle;
    for (uint32_t i = 0; i < length; i++) {
        uint32_t target = loops->path[length - 1 - i];
        const struct edge *edge = loops->edges + loops->first[state];
        while (edge->target != target)
            edge++;
        loops->steps[i] = (struct loop_step){target, list_of(loops, edge)};
        state = target;
    }
    loop->steps = loops->steps;
    loop->found = 1;
}

void choose_loop(struct loops *loops, struct loop *loop)
{
    struct making making = {.loops = loops};
    uint32_t best_start = NOWHERE, best_part = 0;
    uint64_t best = UINT64_MAX;
    size_t bytes = (size_t)loops->positions * sizeof *loops->index;
    memset(loops->index, 0, bytes); /* now: when a state was last met */
    memset(loops->enabled, 0, loops->fairness->obligations * sizeof *loops->enabled);
    loops->stamp = 0;
    order_sections(&loops->fair);
    for (size_t i = 0; i < loops->fair.count; i++) {
        uint32_t starts[MOST_STARTS];
        unsigned count = choose_starts(loops, &loops->fair.data[i], starts);
        making.part = loops->fair.data[i].number;
        for (unsigned k = 0; k < count && making.looks < MOST_LOOKS; k++) {
            uint64_t distance = loops->distance[starts[k]];
            if (distance >= best)
                continue;
            uint64_t most = best == UINT64_MAX ? UINT64_MAX : best - distance - 1;
            if (make_cycle(&making, starts[k], most)) {
                best = distance + loops->step_count;
                best_start = starts[k];
                best_part = making.part;
            }
            if (loops->status != SEARCH_RUNNING)
                return;
        }
    }
    making.part = best_part;
    if (best_start != NOWHERE && make_cycle(&making, best_start, UINT64_MAX))
        add_stem(loops, best_start, loop);
}
