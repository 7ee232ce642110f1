/* Does some run do too much work? Rounds over the recorded graph, between two levels of the search, by one thread. */
#ifndef DSCHECK_RUNS_H
#define DSCHECK_RUNS_H

#include "graph.h"
#include "search.h"

/* What is known of a run question. */
enum run_state {
    RUN_OPEN,
    RUN_FOUND,          /* a shortest run breaks the bound, or shows that it is tight */
    RUN_ABSENT,         /* there is no such run */
    RUN_UNDECIDABLE,    /* the greatest weights are past the limit: whether another run meets it exactly stays open */
    RUN_WITHOUT_VALUE,  /* the condition or the limit has no value in some state */
};

/* Beside the answers of a model: memory was refused. */
enum { RUNS_NO_MEMORY = 1 };

struct runs;

/* Copies the questions and their coefficients, not the model. NULL when memory is refused. */
struct runs *runs_new(const struct model *, const struct run_question *, uint32_t count);
void runs_free(struct runs *);
/* Allocated now. */
size_t runs_bytes(const struct runs *);

/* Judge a stored state, once; later positions may come first, and some may be left out. A question whose condition or
 * limit has no value there is given up. Returns 0, ANSWER_OVERFLOW (then nothing is worth going on), ANSWER_FAILED (some
 * question was given up just now) or RUNS_NO_MEMORY. `scratch->failures` is cleared. */
int runs_state(struct runs *, uint32_t position, const word *state, struct labels *scratch);

/* The following three return 0 or RUNS_NO_MEMORY. All stored states must have been judged, and the graph must have a
 * degree for each position up to the last of them. */

/* After the initial states, which have the positions 0, 1, …: judge the runs without a step. */
int runs_begin(struct runs *);
/* After a level: judge the runs of one more step. */
int runs_advance(struct runs *, const struct graph *);
/* With everything explored: go on until no round is better. `go_on` is asked before each round and may return 0 to
 * stop; open questions stay open then. */
int runs_finish(struct runs *, const struct graph *, int (*go_on)(void *), void *context);

/* An enum run_state. */
uint32_t runs_state_of(const struct runs *, uint32_t k);
/* Why question k was given up: 1, the failure, the first state and the number of the formula; 0 when it was not. */
int runs_failed(const struct runs *, uint32_t k, uint32_t *failure, uint32_t *position, uint32_t *asked);

/* The run of question k when it is RUN_FOUND: its length, where it starts, and for each step the position reached and
 * the number of its increments. */
uint32_t runs_length(const struct runs *, uint32_t k);
uint32_t runs_start(const struct runs *, uint32_t k);
void runs_step(const struct runs *, uint32_t k, uint32_t i, uint32_t *target, uint32_t *weight);

#endif
