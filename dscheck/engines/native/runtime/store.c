/* Was this found before, and where? What is not on the hot path: pieces, growth, filling a new index. */
#include "store.h"

#define FIRST_SLOTS ((uint64_t)1 << 20)
#define FEWEST_SLOTS ((uint64_t)1 << 9)
#define PIECE 4096
#define REFILL_BLOCK 16384
#define REFILL_AHEAD 64

/* Positions for so many slots: beyond four fifths, look-ups touch more and more lines. */
static uint64_t usual_limit(uint64_t slots)
{
    return slots / 5 * 4;
}

/* Beyond this only at the end of the memory. */
static uint64_t last_limit(uint64_t slots)
{
    return slots / 10 * 9;
}

static uint64_t slots_of(const struct store *store)
{
    return atomic_load_explicit(&store->lines, memory_order_relaxed) * LINE;
}

static int map_index(struct store *store, uint64_t slots)
{
    int status;
    uint64_t lines = slots / LINE;
    store->entries = memory_map(store->memory, lines * LINE * sizeof *store->entries, &status);
    atomic_store_explicit(&store->lines, store->entries ? lines : 0, memory_order_relaxed);
    store->limit = usual_limit(lines * LINE);
    uint64_t piece = slots / 16 / store->workers; /* unused ends of pieces take room in the index */
    store->piece = piece > PIECE ? PIECE : piece < 16 ? 16 : (uint32_t)piece;
    return status;
}

static void unmap_index(struct store *store)
{
    memory_unmap(store->memory, (void *)store->entries, slots_of(store) * sizeof *store->entries);
    store->entries = NULL;
    atomic_store_explicit(&store->lines, 0, memory_order_relaxed);
}

int store_open(struct store *store, struct memory *memory, unsigned width, uint64_t capacity, int full,
               unsigned workers)
{
    if (pthread_mutex_init(&store->mutex, NULL) != 0)
        return SEARCH_NO_MEMORY;
    store->memory = memory;
    store->width = width;
    store->workers = workers;
    store->full = full;
    uint64_t positions = region_most(memory, width * sizeof(word), NOWHERE - 1);
    if (!region_reserve(&store->keys, memory, width * sizeof(word), capacity < positions ? capacity : positions))
        return SEARCH_NO_MEMORY;
    store->capacity = store->keys.items;
    if (store->capacity < capacity)
        store->full = store->capacity > memory->most / store->keys.item_bytes ? SEARCH_MAX_MEMORY : SEARCH_NO_MEMORY;
    uint64_t slots = FIRST_SLOTS;
    while (slots > FEWEST_SLOTS && slots * sizeof *store->entries > memory->most / 4)
        slots /= 2; /* a small limit */
    return map_index(store, slots);
}

void store_close(struct store *store)
{
    unmap_index(store);
    region_free(&store->keys);
    spans_free(&store->holes);
    spans_free(&store->filled);
    pthread_mutex_destroy(&store->mutex);
}

static int commit_all(struct store *store, uint64_t positions)
{
    int status = region_commit(&store->keys, positions);
    for (unsigned i = 0; i < BESIDE && status == SEARCH_RUNNING; i++)
        if (store->beside[i])
            status = region_commit(store->beside[i], positions);
    return status;
}

static enum taken take(struct store *store, struct cursor *cursor)
{
    if (store->holes.count > 0) {
        struct range *hole = &store->holes.ranges[store->holes.count - 1];
        uint32_t length = hole->end - hole->begin < store->piece ? hole->end - hole->begin : store->piece;
        *cursor = (struct cursor){hole->begin, hole->begin + length};
        hole->begin += length;
        if (hole->begin == hole->end)
            store->holes.count--;
        return TAKEN;
    }
    uint64_t next = atomic_load_explicit(&store->next, memory_order_relaxed), end = next + store->piece;
    if (next >= store->capacity)
        return TAKEN_NONE_LEFT;
    if (next >= store->limit)
        return TAKEN_INDEX_FULL;
    end = end < store->capacity ? end : store->capacity;
    end = end < store->limit ? end : store->limit;
    int status = commit_all(store, end);
    if (status != SEARCH_RUNNING)
        return status == SEARCH_MAX_MEMORY ? TAKEN_MAX_MEMORY : TAKEN_NO_MEMORY;
    *cursor = (struct cursor){(uint32_t)next, (uint32_t)end};
    atomic_store_explicit(&store->next, end, memory_order_relaxed);
    return TAKEN;
}

enum taken store_take(struct store *store, struct cursor *cursor)
{
    pthread_mutex_lock(&store->mutex);
    enum taken taken = take(store, cursor);
    pthread_mutex_unlock(&store->mutex);
    return taken;
}

bool store_return(struct store *store, struct cursor *cursor)
{
    bool noted = spans_add(&store->holes, cursor->next, cursor->end);
    *cursor = (struct cursor){0, 0};
    return noted;
}

/* How many slots next, when all that the memory limit leaves may be shared between the index and the arrays? */
static uint64_t slots_wanted(const struct store *store, uint64_t slots)
{
    uint64_t wanted = slots < (uint64_t)1 << 26 ? 2 * slots : slots / 2 * 3;
    uint64_t position_bytes = store->keys.item_bytes, own = slots * sizeof *store->entries + store->keys.committed;
    for (unsigned i = 0; i < BESIDE; i++) {
        if (store->beside[i]) {
            position_bytes += store->beside[i]->item_bytes;
            own += store->beside[i]->committed;
        }
    }
    uint64_t used = atomic_load_explicit(&store->memory->used, memory_order_relaxed);
    uint64_t others = used > own ? used - own : 0;
    uint64_t left = store->memory->most > others ? store->memory->most - others : 0;
    uint64_t most = left / (sizeof *store->entries + position_bytes * 4 / 5 + 1);
    uint64_t of_use = store->capacity / 4 * 5 + LINE;
    wanted = wanted < of_use ? wanted : of_use;
    return (wanted < most ? wanted : most) / LINE * LINE;
}

int store_grow(struct store *store)
{
    if (atomic_load_explicit(&store->next, memory_order_relaxed) < store->limit)
        return SEARCH_RUNNING; /* somebody else asked for it before */
    uint64_t slots = slots_of(store), wanted = slots_wanted(store, slots), least = slots + slots / 16;
    int status = SEARCH_MAX_MEMORY;
    if (wanted >= least) {
        unmap_index(store); /* first: the old one and the new one are never there at the same time */
        for (; wanted >= least; wanted -= (wanted - slots) / 4 + LINE) {
            status = map_index(store, wanted / LINE * LINE);
            if (status == SEARCH_RUNNING) {
                store->rebuilding = true;
                return SEARCH_RUNNING;
            }
        }
        int again = map_index(store, slots);
        if (again != SEARCH_RUNNING)
            return again;
        store->rebuilding = true;
    }
    if (store->limit >= last_limit(slots) || atomic_load(&store->next) >= last_limit(slots))
        return status;
    store->limit = last_limit(slots);
    return SEARCH_RUNNING;
}

int store_index(struct store *store)
{
    uint64_t next = atomic_load_explicit(&store->next, memory_order_relaxed), slots = slots_of(store);
    if (usual_limit(slots) < next) {
        while (usual_limit(slots) <= next)
            slots = slots < (uint64_t)1 << 24 ? 4 * slots : slots / 2 * 3;
        unmap_index(store);
        int status = map_index(store, slots);
        if (status != SEARCH_RUNNING)
            status = map_index(store, next / 4 * 5 + 2 * LINE);
        if (status != SEARCH_RUNNING)
            return status;
    }
    store->rebuilding = true;
    return SEARCH_RUNNING;
}

bool store_fill(struct store *store, const struct cursor *const *cursors, unsigned count)
{
    struct spans unused = {0};
    bool noted = true;
    for (size_t i = 0; i < store->holes.count; i++)
        noted = noted && spans_add(&unused, store->holes.ranges[i].begin, store->holes.ranges[i].end);
    for (unsigned i = 0; i < count; i++)
        noted = noted && spans_add(&unused, cursors[i]->next, cursors[i]->end);
    uint32_t end = (uint32_t)atomic_load_explicit(&store->next, memory_order_relaxed);
    noted = noted && spans_order(&unused) && spans_between(&unused, end, &store->filled);
    spans_free(&unused);
    return noted;
}

/* The keys are distinct, so the first empty entry is the right one. */
static void put(struct store *store, uint32_t position, uint64_t hash)
{
    uint64_t lines = atomic_load_explicit(&store->lines, memory_order_relaxed);
    for (uint64_t number = line_of(hash, lines);; number = number + 1 == lines ? 0 : number + 1) {
        for (unsigned i = 0; i < LINE; i++) {
            _Atomic uint64_t *slot = &store->entries[number * LINE + i];
            uint64_t empty = 0;
            if (atomic_load_explicit(slot, memory_order_relaxed) == 0 &&
                atomic_compare_exchange_strong_explicit(slot, &empty, hash << 32 | (position + 1),
                                                        memory_order_relaxed, memory_order_relaxed))
                return;
        }
    }
}

void store_refill(struct store *store)
{
    const word *keys = (const word *)(const void *)store->keys.data;
    struct walk walk;
    while (spans_claim(&store->filled, REFILL_BLOCK, &walk)) {
        for (;;) {
            struct range range = spans_next(&store->filled, &walk, REFILL_AHEAD);
            if (range.begin == range.end)
                break;
            uint64_t hashes[REFILL_AHEAD];
            for (uint32_t position = range.begin; position < range.end; position++) {
                const word *key = keys + (uint64_t)position * store->width;
                uint64_t hash = store->width == 1 ? hash_words(key, 1) : hash_words(key, WORDS);
                hashes[position - range.begin] = hash;
                store_prefetch(store, hash);
            }
            for (uint32_t position = range.begin; position < range.end; position++)
                put(store, position, hashes[position - range.begin]);
        }
    }
}
