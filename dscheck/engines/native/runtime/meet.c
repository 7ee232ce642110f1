/* How do workers agree? They meet when a level is done, and in between when one asks for it: a greater index, or unused
 * positions. The last to arrive leads; nobody waits for anything else. */
#include "machine.h"

void call_meeting(struct search *search, unsigned reason)
{
    atomic_fetch_or(&search->asked, reason);
}

/* Take back the unused positions of all workers; they are handed out again in smaller pieces. */
static void share_positions(struct search *search, struct store *store, bool of_states)
{
    if (atomic_load(&store->next) < store->capacity || store->holes.count > 0)
        return;
    for (unsigned i = 0; i < search->workers; i++) {
        struct worker *worker = search->crew[i];
        if (of_states)
            note_positions(worker);
        if (!store_return(store, of_states ? &worker->states : &worker->nodes))
            halt(search, SEARCH_NO_MEMORY);
        if (of_states)
            worker->mark = worker->states.next;
    }
    uint64_t left = 0;
    for (size_t i = 0; i < store->holes.count; i++)
        left += store->holes.ranges[i].end - store->holes.ranges[i].begin;
    if (left == 0)
        halt(search, store->full);
    uint64_t piece = left / (2 * search->workers);
    if (piece < store->piece)
        store->piece = piece > 1 ? (uint32_t)piece : 1;
}

static void grow_index(struct search *search, struct store *store, bool of_states)
{
    int status = store_grow(store);
    if (status != SEARCH_RUNNING) {
        halt(search, status);
        return;
    }
    if (!store->rebuilding)
        return;
    const struct cursor *cursors[search->workers];
    for (unsigned i = 0; i < search->workers; i++)
        cursors[i] = of_states ? &search->crew[i]->states : &search->crew[i]->nodes;
    if (!store_fill(store, cursors, search->workers))
        halt(search, SEARCH_NO_MEMORY);
}

/* What do all do next? */
static void lead(struct search *search, struct worker *leader)
{
    if (search->task == TASK_REFILL) {
        search->states.rebuilding = search->nodes.rebuilding = false;
        search->task = search->resumed;
        if (search->task != TASK_START)
            return;
    }
    unsigned asked = atomic_exchange(&search->asked, 0);
    bool tree = search->kind == STORE_TREE;
    if (asked & ASK_SHARE) {
        share_positions(search, &search->states, true);
        if (tree)
            share_positions(search, &search->nodes, false);
    }
    if (asked & ASK_GROW && !halted(search)) {
        grow_index(search, &search->states, true);
        if (tree && !halted(search))
            grow_index(search, &search->nodes, false);
    }
    if ((search->states.rebuilding || search->nodes.rebuilding) && !halted(search)) {
        search->resumed = search->task;
        search->task = TASK_REFILL;
        return;
    }
    if (search->solo || (asked && !halted(search)))
        return; /* the level goes on */
    next_level(search, leader);
}

static void meet(struct search *search, struct worker *worker)
{
    struct meeting *meeting = &search->meeting;
    pthread_mutex_lock(&meeting->mutex);
    if (++meeting->arrived == meeting->expected) {
        meeting->arrived = 0;
        pthread_mutex_unlock(&meeting->mutex);
        lead(search, worker);
        pthread_mutex_lock(&meeting->mutex);
        meeting->number++;
        pthread_cond_broadcast(&meeting->over);
    } else {
        uint64_t number = meeting->number;
        while (number == meeting->number)
            pthread_cond_wait(&meeting->over, &meeting->mutex);
    }
    pthread_mutex_unlock(&meeting->mutex);
}

/* Meet, and help with filling a new index. */
void attend(struct worker *worker)
{
    struct search *search = worker->search;
    do {
        if (search->solo)
            lead(search, worker);
        else
            meet(search, worker);
        if (search->task == TASK_REFILL) {
            if (search->states.rebuilding)
                store_refill(&search->states);
            if (search->nodes.rebuilding)
                store_refill(&search->nodes);
        }
    } while (search->task == TASK_REFILL);
}

static void leave(struct search *search)
{
    pthread_mutex_lock(&search->status_mutex);
    if (--search->running == 0) {
        search->status = search->ending;
        pthread_cond_broadcast(&search->status_changed);
    }
    pthread_mutex_unlock(&search->status_mutex);
}

void *work(void *argument)
{
    struct worker *worker = argument;
    struct search *search = worker->search;
    attend(worker);
    while (search->task != TASK_END) {
        if (search->task == TASK_EXPAND)
            expand_level(worker);
        else
            judge_edge(worker);
        if (search->task != TASK_END) /* it may have become that at a meeting amid the level */
            attend(worker);
    }
    leave(search);
    return NULL;
}
