/* How much memory does the search use, and may it have more? Everything large is mapped here and counted. */
#ifndef DSCHECK_MEMORY_H
#define DSCHECK_MEMORY_H

#include <stdatomic.h>
#include <stdbool.h>

#include "search.h"

struct memory {
    _Atomic uint64_t used;
    uint64_t most;
};

/* Count bytes that are about to be used; false when that would pass the limit. */
bool memory_take(struct memory *, uint64_t bytes);
void memory_give(struct memory *, uint64_t bytes);

/* Zeroed memory of its own, in huge pages where the system has them. NULL: `*status` says why. */
void *memory_map(struct memory *, uint64_t bytes, int *status);
void memory_unmap(struct memory *, void *data, uint64_t bytes);

/* An array that grows and never moves, so that threads can read it while it grows: address space is reserved for all
 * items it may ever have, and memory is put behind it from the front. Fresh items are zero. */
struct region {
    struct memory *memory;
    unsigned char *data;
    uint64_t item_bytes, items; /* items: room for so many */
    uint64_t reserved, committed; /* bytes */
};

/* So many items, or fewer if the memory limit allows only fewer. */
uint64_t region_most(const struct memory *, uint64_t item_bytes, uint64_t items);
/* Reserve room for so many items; less when the system refuses the address space. False when it refuses any. */
bool region_reserve(struct region *, struct memory *, uint64_t item_bytes, uint64_t items);
/* Make the first `items` usable. SEARCH_RUNNING, SEARCH_MAX_MEMORY or SEARCH_NO_MEMORY. */
int region_commit(struct region *, uint64_t items);
/* The items from `from` up to `to` are not needed any more: they read as zero, and their memory goes back. The bytes
 * must be whole multiples of REGION_STEP. */
void region_forget(struct region *, uint64_t from, uint64_t to);
void region_free(struct region *);

/* All sizes are multiples of this; a multiple of the page size everywhere. */
#define REGION_STEP ((uint64_t)65536)

#endif
