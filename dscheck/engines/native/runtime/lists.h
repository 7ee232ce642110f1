/* Which number has a list of numbers? Distinct lists, each kept once; several workers ask at the same time. */
#ifndef DSCHECK_LISTS_H
#define DSCHECK_LISTS_H

#include <pthread.h>

#include "memory.h"

#define KNOWN_LISTS 4096

struct lists {
    struct memory *memory;
    struct region items;         /* uint32_t: all lists, one after the other */
    struct region begins;        /* uint64_t: where each begins; one more than lists */
    pthread_mutex_t mutex;       /* of what follows */
    uint32_t count;
    uint64_t used;               /* items */
    uint32_t *slots;             /* list + 1 by hash; 0: empty */
    uint64_t slot_count;
};

/* The lists that a worker met lately. */
struct known_lists {
    struct {
        uint64_t hash;
        uint32_t list; /* + 1; 0: empty */
    } at[KNOWN_LISTS];
};

/* The empty list has number 0. False: no memory. */
bool lists_open(struct lists *, struct memory *);
void lists_close(struct lists *);
/* The number of a list. SEARCH_RUNNING and `*number`, or why there is no memory. */
int lists_number(struct lists *, struct known_lists *, const uint32_t *items, uint32_t length, uint32_t *number);
/* Make `count` lists known, whose items and beginnings were put into the arrays. False: no memory, or no lists. */
bool lists_restore(struct lists *, uint32_t count, uint64_t used);

#endif
