/* What does a search know of the system it explores? The interface between generated code and the search.
 *
 * A state is WORDS 64-bit words; how variables are packed into them is the model's affair. Codes of 65 to 128 bits
 * take two neighbouring words, the low one first. Every state that the search sees is normalised: the model does that
 * before it hands a successor out.
 */
#ifndef DSCHECK_MODEL_H
#define DSCHECK_MODEL_H

#include <stddef.h>
#include <stdint.h>

#define DSCHECK_ABI 2

typedef uint64_t word;
typedef unsigned __int128 wide;
typedef int64_t number;

/* The implicit properties of every check, in the order of `FAILURES` of the Python side. */
enum failure { FAIL_RANGE, FAIL_CAPACITY, FAIL_CHOICE, FAIL_DIVISION, FAIL_ABSENT, FAIL_ASSERTION, FAILURE_KINDS };

/* What the expansion of one state found. The search clears it before each state, except for what only counts up.
 *
 * The model calls `grow` only when `count == room`: it makes room for more successors (and counts) and may move both
 * arrays. A `fair` model also calls `owe` and `enable`; it calls nothing else.
 */
struct labels {
    word *successors;         /* `count` of them, WORDS each, normalised */
    int32_t *counts;          /* per successor COUNTERS increments, and FAIR_COLUMNS more where the model is `fair`: the
                                 list that the step takes, and the clocks that it shifts, as bits; NULL when the search
                                 asks for none */
    size_t count, room;
    uint64_t labels;          /* labels enabled in this state: successors and failing steps */
    uint32_t failures;        /* bit k: some step failed with failure k */
    uint32_t progress;        /* nonzero: some label is of a rule that is no fault */
    uint64_t steps_false;     /* bit k: some step violates step property k */
    uint64_t steps_failed[FAILURE_KINDS]; /* bit k: step property k has no value for some step, because of that failure */
    uint32_t overflow;        /* 1 + number of the internal width that was too small; the search ends at once */
    uint64_t *fired;          /* per rule: labels so far (never cleared) */
    uint8_t *branches;        /* per outcome of a numbered branch: 1 when taken (never cleared) */
    void (*grow)(struct labels *);
    /* Only where the model is `fair`: the number of a list of obligations, and that a label with that list is enabled. */
    uint32_t (*owe)(struct labels *, const uint32_t *items, uint32_t length);
    void (*enable)(struct labels *, uint32_t list);
};

#define FAIR_COLUMNS 2

/* The answer of a formula: its value, or that it has none. */
enum answer { ANSWER_FAILED = -2, ANSWER_OVERFLOW = -1, ANSWER_FALSE = 0, ANSWER_TRUE = 1 };

/* One exploration's system. `labels` is passed to formulas only to receive `overflow` and, on ANSWER_FAILED, the
 * failure as its bit in `labels->failures`; they touch nothing else of it.
 *
 * always:     number k should be true in every state.
 * violations: 0 when all of `always` are true; else something is false, has no value, or overflowed: ask one by one.
 * asked:      number k, a truth or an integer; ANSWER_TRUE and `*value` when it has a value (a false formula: value 0).
 */
struct model {
    uint32_t abi;             /* DSCHECK_ABI */
    uint32_t words;           /* WORDS */
    uint32_t rules, branches, counters, always, asked, steps;
    void (*expand)(const word *state, struct labels *labels);
    int (*violations)(const word *state, struct labels *labels);
    int (*always_holds)(uint32_t k, const word *state, struct labels *labels);
    int (*answer)(uint32_t k, const word *state, number *value, struct labels *labels);
    uint32_t fair;            /* are obligations told? */
};

#endif
