/* Which tiny system do the tests of the runtime explore? Coordinates that count up, with everything that a model may
 * report. How many states there are, and where, can be worked out by hand. */
#ifndef GRID_H
#define GRID_H

#include "model.h"

#define OFF (-1) /* for each `_at`: never */

/* Coordinate i, of 8 bits, is in word i % WORDS. A step adds one to a coordinate; at `side` - 1 it goes back to 0 with
 * `wraps`, else it cannot. `sum` is that of all coordinates, `first` is coordinate 0. */
struct grid {
    uint32_t dimensions, side, wraps;
    int32_t overflow_at;       /* sum: expanding overflows width 6 */
    int32_t fails_at;          /* sum: there is one more label, whose step fails by FAIL_DIVISION */
    int32_t step_false_at;     /* first: a step that reaches it violates step property 1 */
    int32_t step_failed_at;    /* first: step property 0 has no value for such a step, FAIL_ABSENT */
    int32_t false_at;          /* sum: always 0 is false */
    int32_t failed_at;         /* sum: always 1 has no value, FAIL_RANGE */
    int32_t goal_at;           /* sum: asked 0 is true */
    int32_t asked_failed_at;   /* sum: asked 0 has no value, FAIL_CHOICE */
    int32_t limit;             /* asked 2 */
    int32_t faults_from;       /* sum: all rules are faults from here on */
};

#pragma GCC visibility push(default)
extern struct grid grid; /* set by the test, before the search */
extern const struct model grid_model;
#pragma GCC visibility pop

#endif
