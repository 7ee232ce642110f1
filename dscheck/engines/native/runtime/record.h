/* How is the graph recorded while it is explored? Steps per expanded state, and the distinct increments of counters. */
#ifndef DSCHECK_RECORD_H
#define DSCHECK_RECORD_H

#include <pthread.h>

#include "graph.h"
#include "memory.h"

#define KNOWN_WEIGHTS 1024

struct record {
    struct memory *memory;
    struct region first, degree; /* by position; grow with the store of states */
    struct region edges, increments;
    pthread_mutex_t mutex;       /* of what follows */
    uint64_t next;               /* edges handed out */
    uint32_t weights, counters;  /* counters: those that are summed, and what stands beside them */
    uint32_t beside;
    uint32_t *slots;             /* weight + 1 by hash of the increments; 0: empty */
    uint64_t slot_count;
};

/* A worker's piece of the edges, and the weights that it met. */
struct pen {
    uint64_t next, end;
    struct {
        uint64_t hash;
        uint32_t weight; /* + 1; 0: empty */
    } known[KNOWN_WEIGHTS];
};

bool record_open(struct record *, struct memory *, uint32_t counters, uint32_t beside, uint64_t positions);
void record_close(struct record *);
/* So many neighbouring edges. SEARCH_RUNNING and `*first`, or why there is no memory. */
int record_edges(struct record *, struct pen *, uint64_t count, uint64_t *first);
/* The number of these increments. SEARCH_RUNNING and `*weight`, or why there is no memory. */
int record_weight(struct record *, struct pen *, const int32_t *counts, uint32_t *weight);
/* Make the numbers of `weights` increments known that were put in the array. False: no memory. */
bool record_restore_weights(struct record *, uint32_t weights);
struct graph record_graph(const struct record *);

#endif
