/* What is known while a question about progress is answered? Shared by loops.c, which looks for fair parts of the graph,
 * and cycles.c, which looks for a cycle in one. */
#ifndef DSCHECK_LOOPS_H
#define DSCHECK_LOOPS_H

#include "machine.h"

/* A part of the graph in which every state is reached from every other. */
struct section {
    uint32_t begin, end;      /* in `states` */
    uint32_t number;          /* that its states have in `part` */
    uint32_t distance;        /* of its nearest state */
};

struct sections {
    struct section *data;
    size_t count, room;
};

struct loops {
    struct search *search;
    const struct fairness *fairness;
    const struct loop_question *question;
    const uint64_t *first;
    const uint32_t *degree, *marks;
    const struct edge *edges;
    uint32_t positions;
    int status;               /* SEARCH_RUNNING, or why it ends */
    /* the same for all questions: expanded states, nearest first, in an order that depends on the model alone */
    uint32_t *order;
    uint32_t ordered;
    uint32_t *levels;         /* per depth, where it ends in `order` */
    uint32_t depths, level_room;
    /* by position */
    uint32_t *distance;       /* from an initial state by way of an owing one; NOWHERE: not reached */
    uint32_t *before;         /* the state before on such a way; NOWHERE: owing */
    uint32_t *part;           /* 0: in none */
    uint32_t *index, *low;    /* of the depth-first search; then marks and states before of the breadth-first ones */
    /* of states, in any order */
    uint32_t *states, *closed, *path, *next, *open;
    /* by weight, by set, by obligation: the number of the section that they were last seen in, or seen in so */
    uint32_t *seen_weight, *taken_set, *enabled_set;
    uint32_t *taken, *missed, *enabled, *enabled_in, *met;
    uint32_t *met_now;        /* numbers of obligations */
    uint32_t stamp, last;
    struct sections waiting, fair;
    /* the answer */
    struct loop_step *steps;
    uint64_t step_count, step_room;
};

bool add_section(struct sections *, struct section);
/* Is it time to give up? Asked once per thousand states or so. */
bool loops_hurried(struct loops *);

static inline uint32_t enabled_of(const struct loops *loops, uint32_t state)
{
    return loops->fairness->enabled[loops->marks[state] - 1];
}

/* The obligations of a set, and behind the last. */
static inline const uint32_t *members(const struct loops *loops, uint32_t set, const uint32_t **end)
{
    const struct list_table *sets = &loops->fairness->sets;
    *end = sets->items + sets->begins[set + 1];
    return sets->items + sets->begins[set];
}

/* A short lasso by way of the fair sections; its steps. */
void choose_loop(struct loops *, struct loop *);

#endif
