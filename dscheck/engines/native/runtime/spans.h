/* Which positions are to be gone through, by several workers together? Ranges of positions, handed out in blocks. */
#ifndef DSCHECK_SPANS_H
#define DSCHECK_SPANS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    uint32_t begin, end;
};

struct spans {
    struct range *ranges;
    uint64_t *before; /* positions in the ranges before this one; known after spans_order */
    size_t count, room;
    uint64_t total;
    _Atomic uint64_t claimed;
};

/* A worker's place in a block that it claimed. */
struct walk {
    uint64_t at, to; /* ordinals: the how manyeth position of all ranges */
    size_t range;
};

/* False when memory is refused. Empty ranges are left out. */
bool spans_add(struct spans *, uint32_t begin, uint32_t end);
/* Sort, join neighbours, and hand out from the beginning. False when memory is refused. */
bool spans_order(struct spans *);
/* What lies between the ranges, below `end`: `gaps` gets it, ordered. `spans` are ordered. */
bool spans_between(const struct spans *, uint32_t end, struct spans *gaps);
void spans_clear(struct spans *);
void spans_free(struct spans *);
bool spans_contain(const struct spans *, uint32_t position);

/* The next block of so many positions, or false when all are handed out. */
bool spans_claim(struct spans *, uint64_t block, struct walk *);
/* The next positions of the block, at most `most` and all neighbours; empty at its end. */
struct range spans_next(const struct spans *, struct walk *, uint32_t most);

#endif
