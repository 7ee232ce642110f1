/* Which successors are new? A batch of them is looked up and stored, slice by slice, in stages that fetch memory ahead
 * of its use: lines of the index are asked for when a hash is known, then keys; then all are compared. */
#include "machine.h"

/* Positions that the worker has filled since `mark` belong to the new level. */
void note_positions(struct worker *worker)
{
    if (!spans_add(&worker->found, worker->mark, worker->states.next))
        halt(worker->search, SEARCH_NO_MEMORY);
    worker->mark = worker->states.next;
}

/* A new piece of positions; may meet the others for it, and then the index may be another one. */
static bool next_piece(struct worker *worker, struct store *store, struct cursor *cursor)
{
    struct search *search = worker->search;
    bool of_states = store == &search->states;
    while (!halted(search)) {
        if (of_states)
            note_positions(worker);
        enum taken taken = store_take(store, cursor);
        if (of_states)
            worker->mark = cursor->next;
        switch (taken) {
        case TAKEN:
            return true;
        case TAKEN_NONE_LEFT:
            call_meeting(search, ASK_SHARE);
            break;
        case TAKEN_INDEX_FULL:
            call_meeting(search, ASK_GROW);
            break;
        case TAKEN_MAX_MEMORY:
            halt(search, SEARCH_MAX_MEMORY);
            return false;
        case TAKEN_NO_MEMORY:
            halt(search, SEARCH_NO_MEMORY);
            return false;
        }
        attend(worker);
    }
    return false;
}

/* The search is over, perhaps amid a slice: what was stored is judged all the same. */
static void judge_fresh(struct worker *worker, const struct batch *batch, size_t from, unsigned fresh)
{
    struct search *search = worker->search;
    count_up(&worker->stored, fresh);
    if (search->model->always == 0 && atomic_load_explicit(&search->pending, memory_order_relaxed) == 0)
        return;
    uint64_t depth = batch->initial ? 0 : atomic_load_explicit(&search->depth, memory_order_relaxed) + 1;
    for (unsigned i = 0; i < fresh; i++)
        judge_state(worker, worker->fresh_positions[i],
                    batch->labels.successors + (from + worker->fresh[i]) * WORDS, depth);
}

static bool record_step(struct worker *worker, const struct batch *batch, size_t successor, uint32_t target)
{
    struct search *search = worker->search;
    struct edge *edge = (struct edge *)(void *)search->record.edges.data + batch->first_edge + successor;
    edge->target = target;
    const int32_t *counts = batch->labels.counts + successor * columns(search->model);
    int status = record_weight(&search->record, &worker->pen, counts, &edge->weight);
    if (status != SEARCH_RUNNING)
        halt(search, status);
    return status == SEARCH_RUNNING;
}

/* Store the keys of `count` successors from number `from` on. `width` is a constant for the compiler. */
ALWAYS_INLINE bool store_slice(struct worker *worker, struct batch *batch, size_t from, unsigned count,
                               const word *keys, const uint64_t *hashes, unsigned width, bool keeps_frontier)
{
    struct search *search = worker->search;
    struct store *store = &search->states;
    uint32_t *parents = (uint32_t *)(void *)search->parents.data;
    const bool alone = search->workers == 1 || search->solo, records = search->options.keep_edges && !batch->initial;
    for (unsigned j = 0; j < count; j++)
        worker->hints[j] = store_hint(store, hashes[j], width);
    unsigned fresh = 0;
    for (unsigned j = 0; j < count; j++) {
        const word *key = keys + (size_t)j * width;
        uint32_t position = worker->hints[j] - 1; /* positions stay right, also when the index grows meanwhile */
        if (!worker->hints[j] || !same_key(store_key(store, position, width), key, width)) {
            while (from + j >= batch->upto[batch->source])
                batch->source++;
            if (worker->states.next < worker->states.end) { /* written first: others may see a new key at once */
                parents[worker->states.next] = batch->positions[batch->source];
                if (keeps_frontier)
                    memcpy(search->frontier.data + (uint64_t)worker->states.next * WORDS * sizeof(word),
                           batch->labels.successors + (from + j) * WORDS, WORDS * sizeof(word));
            }
            enum sought sought = store_seek(store, key, hashes[j], width, alone, &worker->states, &position);
            if (sought == NEED_PIECE) {
                if (!next_piece(worker, store, &worker->states)) {
                    judge_fresh(worker, batch, from, fresh);
                    return false;
                }
                j--; /* again, from the beginning: the index may have changed */
                continue;
            }
            if (sought == FOUND_NEW) {
                worker->fresh[fresh] = j;
                worker->fresh_positions[fresh++] = position;
            }
        }
        if (records && !record_step(worker, batch, from + j, position)) {
            judge_fresh(worker, batch, from, fresh);
            return false;
        }
    }
    judge_fresh(worker, batch, from, fresh);
    return !halted(search);
}

/* --- roots ------------------------------------------------------------------------------------------------------- */

#if WORDS > 1

static bool number_words(struct worker *worker, unsigned count, const word *words, unsigned node)
{
    struct search *search = worker->search;
    struct store *store = &search->nodes;
    const bool alone = search->workers == 1 || search->solo;
    for (unsigned i = 0; i < count; i++)
        worker->hints[i] = store_hint(store, worker->hashes[i], 1);
    for (unsigned i = 0; i < count; i++) {
        uint32_t *id = worker->ids + (size_t)worker->waiting[i] * TREE_NODES + node;
        *id = worker->hints[i] - 1;
        if (worker->hints[i] && same_key(store_key(store, *id, 1), words + i, 1))
            continue;
        while (store_seek(store, words + i, worker->hashes[i], 1, alone, &worker->nodes, id) == NEED_PIECE)
            if (!next_piece(worker, store, &worker->nodes))
                return false;
    }
    return true;
}

/* The roots of `count` successors, in worker->keys. What a successor has in common with its source has its number. */
static bool encode_slice(struct worker *worker, const struct batch *batch, size_t from, unsigned count)
{
    const word *successors = batch->labels.successors + from * WORDS;
    word words[SLICE];
    uint32_t owners[SLICE]; /* per successor, the number of its source within the batch */
    for (unsigned j = 0, state = 0; j < count && !batch->initial; j++) {
        while (from + j >= batch->upto[state])
            state++;
        owners[j] = state;
    }
    for (unsigned node = 0; node < TREE_NODES; node++) {
        unsigned waiting = 0;
        for (unsigned j = 0; j < count; j++) {
            uint32_t *own = worker->ids + (size_t)j * TREE_NODES;
            const uint32_t *source = batch->initial ? NULL : batch->ids + (size_t)owners[j] * TREE_NODES;
            word content;
            if (node < WORDS) {
                content = successors[(size_t)j * WORDS + node];
                if (source && content == batch->decoded[(size_t)owners[j] * WORDS + node]) {
                    own[node] = source[node];
                    continue;
                }
            } else {
                content = tree_pair(own, node - WORDS);
                if (source && content == tree_pair(source, node - WORDS)) {
                    own[node] = source[node];
                    continue;
                }
            }
            words[waiting] = content;
            worker->waiting[waiting] = j;
            worker->hashes[waiting] = hash_words(&content, 1);
            store_prefetch(&worker->search->nodes, worker->hashes[waiting++]);
        }
        if (!number_words(worker, waiting, words, node))
            return false;
    }
    for (unsigned j = 0; j < count; j++)
        worker->keys[j] = tree_pair(worker->ids + (size_t)j * TREE_NODES, WORDS - 2);
    return true;
}

#else

static bool encode_slice(struct worker *worker, const struct batch *batch, size_t from, unsigned count)
{
    memcpy(worker->keys, batch->labels.successors + from, count * sizeof(word));
    return true;
}

#endif

/* --- all stores -------------------------------------------------------------------------------------------------- */

static void hash_keys(struct worker *worker, const word *keys, unsigned count)
{
    for (unsigned j = 0; j < count; j++) {
        worker->hashes[j] = hash_words(keys + j, 1);
        store_prefetch(&worker->search->states, worker->hashes[j]);
    }
}

static bool insert_slice(struct worker *worker, struct batch *batch, size_t from, unsigned count)
{
    const uint64_t *hashes = batch->hashes + from;
    switch (worker->search->kind) {
    case STORE_TREE:
        if (!encode_slice(worker, batch, from, count))
            return false;
        hash_keys(worker, worker->keys, count);
        return store_slice(worker, batch, from, count, worker->keys, worker->hashes, 1, false);
    case STORE_FINGERPRINT:
        hash_keys(worker, hashes, count);
        return store_slice(worker, batch, from, count, hashes, worker->hashes, 1, true);
    default:
        return store_slice(worker, batch, from, count, batch->labels.successors + from * WORDS, hashes, WORDS, false);
    }
}

bool insert_batch(struct worker *worker, struct batch *batch)
{
    size_t all = batch->labels.count;
    count_up(&worker->probes, all);
    batch->source = 0;
    for (size_t from = 0; from < all; from += SLICE) {
        unsigned count = all - from < SLICE ? (unsigned)(all - from) : SLICE;
        if (!insert_slice(worker, batch, from, count))
            return false;
    }
    return true;
}
