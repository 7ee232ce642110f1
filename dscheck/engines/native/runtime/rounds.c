/* Does some run do too much work? Bounds on weights of runs, decided by rounds over the recorded graph.
 *
 * Round n knows the greatest weight of a run of n steps to each node, as long as it is greater than that of every
 * shorter run (Bellman and Ford's idea, for longest paths): a run that a shorter one outweighs cannot be the first to
 * break the bound. A node is a position, and for tightness a flag: has some counter counted on the way?
 *
 * The Python definition of all this is `dscheck/explore/bounds.py`; answers and lengths of runs are the same.
 */
#include "rounds.h"

#include <stdlib.h>

/* Links that no run of the frontier needs any more are dropped when there are twice as many as after the last time,
 * and at least so many. */
#ifndef RUNS_LINKS_KEPT
#define RUNS_LINKS_KEPT 65536
#endif

#define NEVER INT64_MIN /* in place of a weight: no run has reached the node */
#define NO_LINK UINT32_MAX

bool make_room(struct array *array, size_t items, size_t item_bytes)
{
    size_t bytes;
    if (__builtin_mul_overflow(items, item_bytes, &bytes))
        return false;
    if (bytes <= array->bytes)
        return true;
    if (bytes < array->bytes + array->bytes / 2)
        bytes = array->bytes + array->bytes / 2;
    void *data = realloc(array->data, bytes);
    if (!data)
        return false;
    array->data = data;
    array->bytes = bytes;
    return true;
}

void drop(struct array *array)
{
    free(array->data);
    *array = (struct array){0};
}

void settle(struct question *question, uint32_t state)
{
    question->state = state;
    drop(&question->limits);
    drop(&question->best);
    drop(&question->gains);
    drop(&question->counting);
    drop(&question->frontier);
    drop(&question->next);
    question->arrivals = 0;
    if (state != RUN_FOUND) {
        drop(&question->links);
        question->links_count = 0;
    }
}

/* Drop the links that no run of the frontier goes through. Links point to earlier ones, so one pass back finds those
 * that are needed and one pass forth moves them. */
static bool drop_links(struct question *question)
{
    uint32_t *moved = calloc(question->links_count + 1, sizeof *moved); /* 1: needed; then the new number */
    if (!moved)
        return false;
    struct link *links = question->links.data;
    struct arrival *frontier = question->frontier.data;
    for (size_t i = 0; i < question->arrivals; i++)
        moved[frontier[i].link] = 1;
    for (size_t i = question->links_count; i-- > 0;)
        if (moved[i] && links[i].before != NO_LINK)
            moved[links[i].before] = 1;
    uint32_t kept = 0;
    for (size_t i = 0; i < question->links_count; i++) {
        if (!moved[i])
            continue;
        struct link link = links[i];
        if (link.before != NO_LINK)
            link.before = moved[link.before];
        links[kept] = link;
        moved[i] = kept++;
    }
    for (size_t i = 0; i < question->arrivals; i++)
        frontier[i].link = moved[frontier[i].link];
    question->links_count = question->links_kept = kept;
    free(moved);
    return true;
}

/* Give every run of the frontier its link. */
static bool link_frontier(struct question *question)
{
    if (question->links_count >= RUNS_LINKS_KEPT && question->links_count / 2 >= question->links_kept)
        if (!drop_links(question))
            return false;
    size_t count = question->links_count + question->arrivals;
    if (count >= NO_LINK || !make_room(&question->links, count, sizeof(struct link)))
        return false;
    struct link *links = question->links.data;
    struct arrival *frontier = question->frontier.data;
    for (size_t i = 0; i < question->arrivals; i++) {
        links[question->links_count] = (struct link){frontier[i].link, frontier[i].position, frontier[i].last};
        frontier[i].link = (uint32_t)question->links_count++;
    }
    return true;
}

/* The answer is the run that ends with `link`: keep its links alone, first step first. */
static void keep_run(struct question *question, uint32_t link)
{
    struct link *links = question->links.data;
    size_t length = 0;
    /* Going back, turn the links round: `before` then names the next one, so that no second array is needed. */
    uint32_t next = NO_LINK;
    while (link != NO_LINK) {
        uint32_t before = links[link].before;
        links[link].before = next;
        next = link;
        link = before;
    }
    /* Links of a run have growing numbers, hence none is overwritten before it is read. */
    while (next != NO_LINK) {
        struct link step = links[next];
        links[length++] = step;
        next = step.before;
    }
    question->links_count = length;
    void *data = realloc(links, length * sizeof *links);
    if (data) /* a smaller block is refused by nobody; if so, the larger one serves */
        question->links = (struct array){data, length * sizeof *links};
    settle(question, RUN_FOUND);
}

/* Judge the frontier. */
static int keep(struct question *question)
{
    if (!link_frontier(question))
        return RUNS_NO_MEMORY;
    const struct arrival *frontier = question->frontier.data;
    bool beyond = false;
    for (size_t i = 0; i < question->arrivals; i++) {
        number limit = limit_at(question, frontier[i].position);
        if (limit == UNJUDGED || frontier[i].weight < limit)
            continue;
        bool above = frontier[i].weight > limit;
        beyond |= above;
        if (question->tight ? !above && frontier[i].counted : above) {
            keep_run(question, frontier[i].link);
            return 0;
        }
    }
    if (beyond)
        settle(question, RUN_UNDECIDABLE);
    return 0;
}

static size_t node_of(const struct question *question, uint32_t position, uint32_t counted)
{
    return ((size_t)position << question->tight) + counted;
}

/* Give every node a weight, for states stored since. */
static bool grow_best(struct question *question, size_t positions)
{
    size_t nodes = positions << question->tight;
    if (!make_room(&question->best, nodes, sizeof(number)))
        return false;
    number *best = question->best.data;
    for (; question->nodes < nodes; question->nodes++)
        best[question->nodes] = NEVER;
    return true;
}

int rounds_begin(struct question *question, size_t positions)
{
    if (!grow_best(question, positions) || !make_room(&question->frontier, positions, sizeof(struct arrival)))
        return RUNS_NO_MEMORY;
    struct arrival *frontier = question->frontier.data;
    for (uint32_t position = 0; position < positions; position++) {
        frontier[position] = (struct arrival){0, position, 0, NO_LINK, 0};
        ((number *)question->best.data)[node_of(question, position, 0)] = 0;
    }
    question->arrivals = positions;
    return keep(question);
}

/* Find the weights of increments that are new. */
static bool weigh(struct question *question, const struct graph *graph)
{
    if (!make_room(&question->gains, graph->weights, sizeof(number)) ||
        !make_room(&question->counting, graph->weights, sizeof(uint8_t)))
        return false;
    for (; question->weighed < graph->weights; question->weighed++) {
        const int32_t *increments = graph->increments + (size_t)question->weighed * (graph->counters + graph->beside);
        number gain = 0;
        bool counting = false;
        for (uint32_t c = 0; c < graph->counters; c++) {
            gain += (number)question->coefficients[c] * increments[c];
            counting |= question->coefficients[c] != 0 && increments[c] > 0;
        }
        ((number *)question->gains.data)[question->weighed] = gain;
        ((uint8_t *)question->counting.data)[question->weighed] = question->tight && counting;
    }
    return true;
}

int rounds_advance(struct question *question, const struct graph *graph, size_t positions, const uint8_t *relevant)
{
    if (!weigh(question, graph) || !grow_best(question, positions))
        return RUNS_NO_MEMORY;
    const struct arrival *frontier = question->frontier.data;
    const number *gains = question->gains.data;
    const uint8_t *counting = question->counting.data;
    number *best = question->best.data;
    size_t found = 0;
    for (size_t i = 0; i < question->arrivals; i++) {
        struct arrival from = frontier[i];
        uint64_t first = graph->first[from.position];
        uint32_t degree = graph->degree[from.position];
        if (!make_room(&question->next, found + degree, sizeof(struct arrival)))
            return RUNS_NO_MEMORY;
        struct arrival *next = question->next.data;
        for (uint32_t e = 0; e < degree; e++) {
            struct edge edge = graph->edges[first + e];
            number weight = from.weight + gains[edge.weight];
            uint32_t counted = from.counted | counting[edge.weight];
            size_t node = node_of(question, edge.target, counted);
            if (weight > best[node] && (!relevant || relevant[edge.target])) {
                best[node] = weight;
                next[found++] = (struct arrival){weight, edge.target, counted, from.link, edge.weight};
            }
        }
    }
    /* A node may have been reached again with more: only the last one, which has its best weight, goes on. */
    struct arrival *next = question->next.data;
    size_t kept = 0;
    for (size_t i = 0; i < found; i++)
        if (next[i].weight == best[node_of(question, next[i].position, next[i].counted)])
            next[kept++] = next[i];
    struct array spare = question->frontier;
    question->frontier = question->next;
    question->next = spare;
    question->arrivals = kept;
    return keep(question);
}
