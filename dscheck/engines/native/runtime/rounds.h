/* What do the rounds of one run question know? Shared by rounds.c, where they go on, and runs.c, which calls them. */
#ifndef DSCHECK_ROUNDS_H
#define DSCHECK_ROUNDS_H

#include <stdbool.h>

#include "runs.h"

#define UNJUDGED INT64_MIN /* in place of a limit: the condition is false */

/* A growing array: `bytes` allocated. */
struct array {
    void *data;
    size_t bytes;
};

/* The last step of a run, and the run before it. Links only point to earlier links. */
struct link {
    uint32_t before; /* NO_LINK: the run starts here */
    uint32_t target;
    uint32_t weight;
};

/* A run that outweighs all shorter ones to the same node. */
struct arrival {
    number weight;
    uint32_t position;
    uint32_t counted; /* the flag of the node */
    uint32_t link;    /* the run; while its round goes on: the run before its last step */
    uint32_t last;    /* increments of its last step */
};

struct question {
    uint32_t condition, limit, tight;
    const int32_t *coefficients;
    uint32_t state;
    uint32_t failure, failed_position, failed_asked;
    bool differ;             /* are there different limits? Most often all states have the same: then no array */
    number same_limit;
    struct array limits;     /* number per position */
    struct array best;       /* number per node */
    size_t nodes;            /* of `best` that have a value */
    struct array gains;      /* number per increment */
    struct array counting;   /* uint8_t per increment: does it count something that the question mentions? */
    uint32_t weighed;        /* increments in both */
    struct array frontier, next; /* struct arrival */
    size_t arrivals;         /* in `frontier` */
    struct array links;      /* struct link; of the answer alone once there is one, first step first */
    size_t links_count, links_kept;
};

/* Make room for `items` of so many bytes; what is there stays. False when memory is refused. */
bool make_room(struct array *, size_t items, size_t item_bytes);
void drop(struct array *);

/* Nothing more is to be found out: keep only the answer. */
void settle(struct question *, uint32_t state);

static inline number limit_at(const struct question *question, uint32_t position)
{
    return question->differ ? ((const number *)question->limits.data)[position] : question->same_limit;
}

/* Round 0, with the initial states at the first `positions`. Returns 0 or RUNS_NO_MEMORY. */
int rounds_begin(struct question *, size_t positions);
/* One more step. `relevant` has a truth per position: may a run go there? NULL: everywhere. Likewise. */
int rounds_advance(struct question *, const struct graph *, size_t positions, const uint8_t *relevant);

#endif
