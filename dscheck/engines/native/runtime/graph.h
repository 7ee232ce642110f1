/* Which steps lead from which state to which? The recorded graph, as the search shows it between two levels. */
#ifndef DSCHECK_GRAPH_H
#define DSCHECK_GRAPH_H

#include <stdint.h>

struct edge {
    uint32_t target; /* position */
    uint32_t weight; /* number of the increments */
};

/* The steps from position p are edges[first[p]] and the degree[p] - 1 after it; parallel ones are kept. */
struct graph {
    const uint64_t *first;
    const uint32_t *degree;     /* 0 where not expanded */
    const struct edge *edges;
    const int32_t *increments;  /* `counters + beside` for each weight */
    uint32_t weights, counters;
    uint32_t beside;            /* numbers that stand after the counters of each weight */
};

#endif
