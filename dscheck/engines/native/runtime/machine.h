/* What is a running search made of? Shared by the files of the search; nobody else includes it. */
#ifndef DSCHECK_MACHINE_H
#define DSCHECK_MACHINE_H

#include "lists.h"
#include "record.h"
#include "runs.h"
#include "store.h"
#include "tree.h"

/* How much is done at once: enough look-ups to hide the memory behind each other, few enough to stay in the cache. */
#define SLICE 256
#define ENOUGH (WORDS <= 32 ? SLICE : 64) /* successors, for a batch to be full */
#define GROUP 16                          /* states taken, and decoded, together */
#define BATCH_STATES (WORDS <= 32 ? SLICE : 64)

struct search;
struct worker;

/* Some states and all their successors. */
struct batch {
    struct labels labels;               /* first, so that `grow` finds the rest */
    struct worker *worker;
    uint64_t *hashes;                   /* per successor; its fingerprint in a store of these */
    uint32_t states;
    uint32_t positions[BATCH_STATES];
    uint32_t upto[BATCH_STATES];        /* successors of this state and those before it */
    uint32_t source;                    /* while they are stored: the state that the successor belongs to */
    uint64_t first_edge;
    bool initial;                       /* the successors are initial states, and the one state is none */
    word *decoded;                      /* BATCH_STATES states, when the store keeps roots */
    uint32_t *ids;                      /* and the numbers of their nodes */
};

struct worker {
    _Alignas(64) struct search *search;
    struct cursor states, nodes;
    struct pen pen;
    uint32_t mark;                      /* positions from here up to states.next are new and not in `found` */
    struct spans found;                 /* new positions of this level */
    struct walk walk;                   /* through the level */
    struct batch batches[2];
    struct labels asking;               /* what formulas report to */
    uint64_t *fired, *fired_nowhere;    /* per rule; the second for expansions that do not count */
    uint8_t *branches, *branches_nowhere;
    struct known_lists *known_owed, *known_marks;
    uint32_t *enabled;                  /* of the state that is being expanded: lists of enabled labels, after room for truths */
    uint32_t enabled_count, enabled_room;
    /* of the slice that is being stored */
    word keys[SLICE];
    uint64_t hashes[SLICE];
    uint32_t fresh[SLICE], fresh_positions[SLICE];
    uint32_t *ids;                      /* SLICE times TREE_NODES */
    uint32_t waiting[SLICE];            /* for a number of a node */
    uint32_t hints[SLICE];
    /* counted by the worker, read by anybody */
    _Alignas(64) _Atomic uint64_t stored;
    _Atomic uint64_t transitions, expanded, probes;
    pthread_t thread;
};

/* Workers meet when a level is done, and when one of them asks for it. The last to arrive leads: it decides what all do
 * next, alone. */
enum task { TASK_START, TASK_EXPAND, TASK_EDGE, TASK_REFILL, TASK_END };
enum { ASK_GROW = 1, ASK_SHARE = 2 };

struct meeting {
    pthread_mutex_t mutex;
    pthread_cond_t over;
    unsigned expected, arrived;
    uint64_t number;
};

/* Where each group of findings begins (see struct questions). */
struct numbering {
    uint32_t failed, always_false, always_failed, step_false, step_failed, asked_true, asked_failed, final, unused,
        runs, by_failure, count;
};

struct search {
    const struct model *model;
    struct questions questions;         /* copies */
    struct search_options options;
    struct memory memory;
    unsigned kind;                      /* enum store_kind; WORDS == 1 needs no tree */

    struct store states;                /* keys: states, roots or fingerprints */
    struct store nodes;                 /* for roots */
    struct region parents, frontier;    /* frontier: states by position, for fingerprints */
    uint32_t *dropped;                  /* per block of the frontier: states that are not needed any more */
    struct record record;
    struct runs *runs;

    /* where the model is fair */
    struct lists owed;                  /* what labels owe */
    struct lists marked;                /* truths of the asked formulas, then lists of the enabled labels */
    struct region marks;                /* by position: 1 + list of `marked`; 0: not expanded */
    struct loops *loops;                /* what is known for all questions about progress */
    _Atomic bool hurried;               /* a question about progress is to be given up */

    unsigned workers;
    struct worker **crew;
    struct spans level;                 /* the level that is or will be expanded */
    struct spans history;               /* all levels before, one range after the other; kept for runs */
    uint64_t *history_ends;             /* per level, where it ends in `history` */
    uint64_t history_levels, history_room;
    uint64_t block;                     /* states claimed together */
    _Atomic uint64_t depth;
    uint64_t initial;                   /* initial states */
    _Atomic bool edge_has_labels;       /* at the greatest depth */

    struct numbering numbers;
    pthread_mutex_t finding_mutex;
    struct finding *findings;
    _Atomic uint32_t *finding_lengths;   /* UINT32_MAX: not found */
    _Atomic uint8_t *reached;           /* per pending */
    _Atomic uint32_t pending;           /* not yet reached */

    struct meeting meeting;
    enum task task, resumed;            /* resumed: after TASK_REFILL */
    bool solo;                          /* the leader goes through a small level alone */
    _Atomic unsigned asked;
    _Atomic int halt;                   /* a status, once the search has to end */
    _Atomic uint32_t overflow;
    int ending;

    pthread_mutex_t status_mutex;
    pthread_cond_t status_changed;
    int status;
    bool started, joined;
    unsigned running;
    _Atomic uint64_t runs_bytes;
    uint64_t *fired;                    /* of all workers, when somebody asks */
    uint8_t *branches;

    /* checkpoints */
    uint8_t *summary;
    size_t summary_bytes, summary_room;
    uint64_t kept_positions, kept_level, kept_nodes, kept_edges, kept_weights;
    uint64_t kept_owed, kept_owed_items, kept_marked, kept_marked_items;
    uint64_t restored_positions;        /* of these, only the states in `restored` are there (fingerprints) */
    struct spans restored;
    bool replay;                        /* runs have to be judged again, level by level */
};

#define DROP_BLOCK ((uint32_t)16384) /* positions of the frontier that are forgotten together */

static inline bool halted(const struct search *search)
{
    return atomic_load_explicit(&search->halt, memory_order_relaxed) != SEARCH_RUNNING;
}

/* The first reason counts. */
static inline void halt(struct search *search, int status)
{
    int running = SEARCH_RUNNING;
    atomic_compare_exchange_strong(&search->halt, &running, status);
}

static inline void halt_overflow(struct search *search, const struct labels *labels)
{
    uint32_t none = 0;
    atomic_compare_exchange_strong(&search->overflow, &none, labels->overflow);
    halt(search, SEARCH_OVERFLOW);
}

static inline void count_up(_Atomic uint64_t *counter, uint64_t more)
{
    /* only its worker writes it, so that no locked addition is needed */
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more, memory_order_relaxed);
}

/* Numbers per successor. */
static inline uint32_t columns(const struct model *model)
{
    return model->counters + (model->fair ? FAIR_COLUMNS : 0);
}

/* owing.c: who is owed what, where the model tells it. */
bool open_owing(struct search *);
bool make_owing(struct worker *);
void free_owing(struct search *);
/* Let the model tell it. */
void hear_owing(struct labels *);
/* Keep what is enabled in a state, and which of the asked formulas are true. */
void mark_state(struct worker *, uint32_t position, const word *state);

/* loops.c */
void free_loops(struct loops *);

/* judge.c */
void settle_reached(struct search *);
void judge_state(struct worker *, uint32_t position, const word *state, uint64_t depth);
void judge_steps(struct worker *, uint32_t position, const struct labels *);
void judge_final(struct worker *, uint32_t position, const word *state);
/* ANSWER_TRUE when asked formula k has a nonzero value. */
int ask_whether(struct worker *, uint32_t k, const word *state);
void note_finding(struct search *, uint32_t number, uint32_t position, uint64_t depth, uint32_t failure);
bool waited_for(struct search *);

/* insert.c: store the successors of a batch. False when the search has to end. */
bool insert_batch(struct worker *, struct batch *);
void note_positions(struct worker *);

/* expand.c */
bool make_batches(struct worker *);
void free_batches(struct worker *);
void expand_level(struct worker *);
void judge_edge(struct worker *);
/* The state at a position, in place or in `room`. NULL: not kept. */
const word *state_at(struct search *, uint32_t position, word *room);

/* meet.c */
void *work(void *worker);
void attend(struct worker *);
void call_meeting(struct search *, unsigned reason);

/* levels.c */
void next_level(struct search *, struct worker *leader);
bool begin_runs(struct search *);
bool gather_level(struct search *);
void drop_states(struct search *, struct range);

#endif
