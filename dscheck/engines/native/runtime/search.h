/* How does Python drive a search? The functions of the compiled runtime, and what they share with it.
 *
 * Breadth-first, level by level, exact, with as many threads as asked. One runtime library is compiled per number of
 * words of a state (-DWORDS=n -fvisibility=hidden). All functions but `search_wait` return at once or after bounded
 * work; none prints.
 */
#ifndef DSCHECK_SEARCH_H
#define DSCHECK_SEARCH_H

#include "model.h"

enum store_kind { STORE_PLAIN, STORE_TREE, STORE_FINGERPRINT };

enum search_status {
    SEARCH_RUNNING,
    SEARCH_AT_LEVEL,      /* paused between two levels (only with `pause_at_levels`); go on with search_continue */
    SEARCH_EXHAUSTED,
    SEARCH_FOUND,         /* a finding that the caller waited for; its level was finished */
    SEARCH_MAX_STATES,
    SEARCH_MAX_DEPTH,
    SEARCH_MAX_MEMORY,
    SEARCH_STOPPED,       /* search_stop was called */
    SEARCH_OVERFLOW,      /* an internal width was too small: `report.overflow` says which */
    SEARCH_NO_MEMORY,     /* the system refused memory below the limit, or 2^32 - 2 positions are in use */
};

/* A bound on weights of runs, or whether it is tight; weight of a step: sum of coefficients[c] * counts[c]. */
struct run_question {
    uint32_t condition, limit;        /* numbers for model->answer */
    uint32_t tight;
    const int32_t *coefficients;      /* one per counter */
};

/* In `pending`, added to a number: no value in some state is not told. (Left sides of implications: where the whole
 * implication has a value, nobody asks whether each part of it has one.) */
#define PENDING_QUIET 0x80000000u

/* What to answer. Findings are numbered in this order (see search_findings):
 *   FAILURE_KINDS  a step failed, by failure
 *   always         formula k of always is false
 *   always         formula k of always has no value (finding.failure says why)
 *   steps          step property k is false
 *   steps          step property k has no value
 *   asked          asked k (of those pending) was true
 *   asked          asked k (pending, final, of progress, or a run question's) had no value
 *   1              a final state in which some `final` formula is false
 *   1              (unused, 0)
 *   runs           question k: a run breaks the bound, or shows it tight
 *   FAILURE_KINDS  some formula of a state or step had no value, by failure; `failure` is the number of the finding of
 *                  that formula. Not for formulas of run questions and of progress: those only leave their question open.
 */
struct questions {
    uint32_t pending_count, final_count, run_count;
    uint32_t judges_final;            /* are final states judged? */
    const uint32_t *pending;          /* numbers of asked formulas: find the first state in which each is true */
    const uint32_t *final;            /* numbers of asked formulas that a final state must satisfy */
    const struct run_question *runs;
    const uint8_t *stops;             /* per finding before the last group: 1 when it ends the search after its level;
                                         one of the last group ends it when the stop of its failure is set */
    uint32_t progress_count;
    const uint32_t *progress;         /* numbers of asked formulas whose truth in every expanded state is kept; only of
                                         fair models. That one has no value is told, and ends nothing. */
};

struct search_options {
    uint32_t workers;                 /* threads, at least 1 */
    uint32_t store;                   /* enum store_kind */
    uint32_t pause_at_levels;
    uint32_t keep_edges;              /* record the graph; always done for run questions and for fair models */
    uint64_t max_states;              /* UINT64_MAX: no limit; likewise below */
    uint64_t max_depth;
    uint64_t max_bytes;               /* that the search itself may map */
};

struct finding {
    uint32_t found;                   /* 0 or 1 */
    uint32_t position;                /* of the state: the one judged, the one the step starts in, the last of a run */
    uint32_t failure;                 /* enum failure, for "has no value" */
    uint32_t depth;                   /* level of `position` */
};

struct search_report {
    uint32_t status;
    uint32_t overflow;                /* number of the internal width, from 0 */
    uint64_t states, transitions, queue, depth;
    uint64_t bytes;                   /* mapped by the search now */
    uint64_t positions;               /* upper bound of positions in use */
    uint64_t slots, probes;           /* of the index: size now, and look-ups of successors so far */
};

struct search;

#pragma GCC visibility push(default) /* the library is compiled with -fvisibility=hidden: these are all it offers */

/* NULL when memory is refused. The arguments are copied, the model is not. */
struct search *search_new(const struct model *, const struct questions *, const struct search_options *);
void search_free(struct search *);

/* Distinct normalised initial states, in order; they get positions 0, 1, … and are judged. Returns a status:
 * SEARCH_RUNNING, or why it cannot go on (memory, states, overflow). */
int search_seed(struct search *, const word *states, size_t count);

/* Start the workers; returns a status. */
int search_start(struct search *);
/* Wait for something to happen, at most so long; returns the status. */
int search_wait(struct search *, uint32_t milliseconds);
/* After SEARCH_AT_LEVEL. */
int search_continue(struct search *);
/* Ask to stop (seen between two batches); search_wait then returns SEARCH_STOPPED. Callable at any time. */
void search_stop(struct search *);

/* May be called at any time, also while running (then counts are a moment old). */
void search_get_report(struct search *, struct search_report *);

/* The following only while no worker runs. */
const struct finding *search_findings(struct search *);
uint32_t search_findings_count(struct search *);
const uint64_t *search_fired(struct search *);     /* per rule, all workers */
const uint8_t *search_branches(struct search *);   /* 2 per numbered branch, all workers */
/* Packed state at a position; 0 when the store keeps none (fingerprints of expanded levels). */
int search_state(struct search *, uint32_t position, word *state);
/* Position it was found from; UINT32_MAX for an initial state. */
uint32_t search_parent(struct search *, uint32_t position);
/* 64-bit fingerprint at a position, for STORE_FINGERPRINT; and of any state. */
uint64_t search_fingerprint(struct search *, uint32_t position);
uint64_t search_fingerprint_of(const word *state);

/* The run that answers run question k: its length, then for step i (from 0) the position reached and the counts. */
uint32_t search_run_length(struct search *, uint32_t k);
uint32_t search_run_start(struct search *, uint32_t k);
void search_run_step(struct search *, uint32_t k, uint32_t i, uint32_t *target, int32_t *counts);
/* What is known of run question k: 0 open, 1 answered by a run, 2 settled without one, 3 cannot be settled,
 * 4 its condition or limit has no value somewhere (see the finding "asked has no value"). */
uint32_t search_run_state(struct search *, uint32_t k);

/* --- progress: what was recorded of a fair model, and cycles in it ------------------------------------------------- */

/* Lists of numbers: number k is items[begins[k]] up to, and without, items[begins[k + 1]]. */
struct list_table {
    const uint32_t *items;
    const uint64_t *begins;
    uint32_t count;
};

/* What the model told. A mark is a list: a bit per formula of `progress` that is true (in words of 32), then the lists of
 * obligations of the enabled labels. Increments: `columns` numbers per weight; the last two are those of the model. */
struct fair_tables {
    struct list_table owed, marks;
    const int32_t *increments;
    uint32_t weights, columns;
};
void search_fair_tables(struct search *, struct fair_tables *);

/* What the lists mean. Sets of obligations are lists of their numbers, each sorted. */
struct fairness {
    uint32_t obligations;
    struct list_table sets;
    const uint8_t *strong;    /* per obligation */
    const uint32_t *clocks;   /* per obligation: the clocks of which its key holds a value, as bits */
    const uint32_t *enabled;  /* per mark, its set */
    const uint32_t *taken;    /* per weight, its set */
    const uint32_t *moved;    /* per weight, the clocks that it shifts, as bits */
};

/* Where a run may be, and where it begins to owe something, by mark. */
struct loop_question {
    const uint8_t *allowed, *owing;
    uint32_t initially;       /* only in initial states */
};

struct loop_step {
    uint32_t target, list;    /* the position that is reached, and the list of obligations of the label */
};

/* There must be one, but none was made: a fault of this runtime. */
#define LOOP_LOST 2

/* A fair way to go on for ever, if `found` is 1. `steps` are those of the stem and those of the cycle; valid until the next call. */
struct loop {
    uint32_t found, start, stem, cycle;
    const struct loop_step *steps;
};

/* A short fair cycle through allowed states that a run from an owing state reaches through allowed states. All states of it
 * were expanded. What is found does not depend on the number of workers. SEARCH_RUNNING when the answer is complete,
 * SEARCH_STOPPED after search_hurry, or why there is no memory. Once no worker runs; takes long. */
int search_loop(struct search *, const struct fairness *, const struct loop_question *, struct loop *);
/* Give up. Callable at any time. */
void search_hurry(struct search *);

/* --- checkpoints: between two levels, everything that has to be kept to go on ------------------------------------- */

/* A part of what the search keeps: `bytes` bytes per position, valid in the ranges of positions in use. Parts with
 * bytes_per_item 1 are small and written whole each time. */
struct part {
    const char *name;
    uint64_t bytes_per_item, items;   /* items: upper bound of those in use */
    uint64_t kept_from;               /* items before this one have not changed since the last call */
    const void *data;
};
/* Their number, at most `room`; SEARCH_PARTS is always enough. 0: this search cannot be saved (fingerprints together
 * with run questions: states of earlier levels would have to be judged again), or memory is refused. */
#define SEARCH_PARTS 16
uint32_t search_parts(struct search *, struct part *parts, uint32_t room);
/* Fill a fresh search from the parts of a paused one, in place of search_seed. `data` may be unmapped afterwards.
 * 0 when the parts do not fit this search: made by another model or for other questions, cut short, or too large for
 * the limits (then free the search). That the bytes are those that were written is for the caller to make sure. The
 * number of workers and the limits may differ. The index is filled, and runs are judged again, after search_start. */
int search_restore(struct search *, const struct part *parts, uint32_t count);

#pragma GCC visibility pop

#endif
