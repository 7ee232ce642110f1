/* Was this found before, and where? A dense array of distinct keys of one or WORDS words, and an index over it.
 *
 * The index is a table of 8-byte entries {32 bits of the hash, position + 1}, in lines of 8: a look-up touches one line
 * of the index and, only where those bits agree, the key itself. Keys are always compared.
 *
 * Positions are handed out in pieces. A worker writes a key at the next position of its own piece, and then publishes
 * it by one compare-and-swap of an empty entry; if another worker was faster, the position is used for the next key.
 */
#ifndef DSCHECK_STORE_H
#define DSCHECK_STORE_H

#include <pthread.h>
#include <string.h>

/* Vector loads are no atomic loads to the thread sanitizer. To the processor each half of 8 bytes is one, and a stale
 * entry is only a hint that fails. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WITHOUT_VECTORS
#endif
#endif
#if defined(__SSE2__) && !defined(__SANITIZE_THREAD__) && !defined(WITHOUT_VECTORS)
#define COMPARES_BY_VECTOR
#include <emmintrin.h>
#endif

#include "hash.h"
#include "memory.h"
#include "spans.h"

#ifndef WORDS
#error "compile with -DWORDS=n, the number of words of a state"
#endif

/* So that `width` is a constant in every copy: the loop over the words of a key is unrolled. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

#define NOWHERE UINT32_MAX
#define LINE 8 /* entries in 64 bytes */
#define BESIDE 5

/* A worker's piece: positions from `next` up to `end` are its own. */
struct cursor {
    uint32_t next, end;
};

struct store {
    struct memory *memory;
    struct region keys;
    struct region *beside[BESIDE]; /* other arrays by position, which grow together with the keys */
    unsigned width;                /* words per key: 1 or WORDS */
    unsigned workers;

    _Atomic uint64_t *entries;
    _Atomic uint64_t lines;
    uint64_t limit;                /* positions that the index has room for */

    pthread_mutex_t mutex;         /* of what follows */
    _Atomic uint64_t next;         /* positions handed out so far */
    uint64_t capacity;             /* positions that may ever be handed out */
    int full;                      /* the status when all of them are in use */
    uint32_t piece;
    struct spans holes;            /* handed out and given back unused */

    bool rebuilding;
    struct spans filled;           /* while rebuilding: positions in use */
};

enum taken { TAKEN, TAKEN_NONE_LEFT, TAKEN_INDEX_FULL, TAKEN_MAX_MEMORY, TAKEN_NO_MEMORY };

/* Returns SEARCH_RUNNING or why there is no memory. `beside` is set by the caller before the first piece. */
int store_open(struct store *, struct memory *, unsigned width, uint64_t capacity, int full, unsigned workers);
void store_close(struct store *);
/* A new piece for a worker whose own is used up. */
enum taken store_take(struct store *, struct cursor *);

/* The rest only while no worker looks anything up. */

/* Is a greater index needed? Then map it, empty: `rebuilding` says that store_refill has to fill it, after store_fill
 * was given the cursors. Returns SEARCH_RUNNING or why there is no memory. */
int store_grow(struct store *);
/* An index for what is there, without one so far. */
int store_index(struct store *);
/* Which positions have to be put in? Those in use: neither holes nor in the rest of a cursor. False: no memory. */
bool store_fill(struct store *, const struct cursor *const *cursors, unsigned count);
/* One worker's share of filling the new index; all call it together. */
void store_refill(struct store *);
/* Take back the rest of a piece. False: no memory. */
bool store_return(struct store *, struct cursor *);

ALWAYS_INLINE uint64_t line_of(uint64_t hash, uint64_t lines)
{
    return (hash >> 32) * lines >> 32; /* the high bits; the low 32 are the tag */
}

ALWAYS_INLINE void store_prefetch(const struct store *store, uint64_t hash)
{
    uint64_t lines = atomic_load_explicit(&store->lines, memory_order_relaxed);
    __builtin_prefetch((const void *)(store->entries + line_of(hash, lines) * LINE));
}

/* Which entries of a line have the tag of this hash? Bit i for entry i. */
#ifdef COMPARES_BY_VECTOR
ALWAYS_INLINE unsigned agreeing_in(_Atomic uint64_t *line, uint64_t hash)
{
    const __m128 *entries = (const __m128 *)(const void *)line;
    __m128i tag = _mm_set1_epi32((int)(uint32_t)hash);
    __m128 low = _mm_shuffle_ps(entries[0], entries[1], _MM_SHUFFLE(3, 1, 3, 1)); /* the high halves of 4 entries */
    __m128 high = _mm_shuffle_ps(entries[2], entries[3], _MM_SHUFFLE(3, 1, 3, 1));
    int first = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(_mm_castps_si128(low), tag)));
    int second = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(_mm_castps_si128(high), tag)));
    return (unsigned)first | (unsigned)second << 4;
}
#else
ALWAYS_INLINE unsigned agrees(_Atomic uint64_t *line, unsigned i, uint64_t hash)
{
    return (unsigned)(atomic_load_explicit(&line[i], memory_order_acquire) >> 32 == (uint32_t)hash) << i;
}

ALWAYS_INLINE unsigned agreeing_in(_Atomic uint64_t *line, uint64_t hash)
{
    return agrees(line, 0, hash) | agrees(line, 1, hash) | agrees(line, 2, hash) | agrees(line, 3, hash) |
           agrees(line, 4, hash) | agrees(line, 5, hash) | agrees(line, 6, hash) | agrees(line, 7, hash);
}
#endif

/* Where the key with this hash most likely is: a position + 1, or 0; its memory is asked for. The line of the index has
 * arrived by now. All 8 entries are compared without a branch, since where a key lies in its line cannot be predicted:
 * wrong guesses would cost more than the comparisons. */
ALWAYS_INLINE uint32_t store_hint(const struct store *store, uint64_t hash, unsigned width)
{
    uint64_t lines = atomic_load_explicit(&store->lines, memory_order_relaxed);
    _Atomic uint64_t *line = store->entries + line_of(hash, lines) * LINE;
    unsigned agreeing = agreeing_in(line, hash);
    if (agreeing == 0)
        return 0;
    uint32_t hint = (uint32_t)atomic_load_explicit(&line[__builtin_ctz(agreeing)], memory_order_acquire);
    if (hint != 0) {
        const unsigned char *key = store->keys.data + (uint64_t)(hint - 1) * width * sizeof(word);
        __builtin_prefetch(key);
        if (width > 1)
            __builtin_prefetch(key + (width * sizeof(word) - 1)); /* a key may lie across two lines */
    }
    return hint;
}

ALWAYS_INLINE const word *store_key(const struct store *store, uint32_t position, unsigned width)
{
    return (const word *)(const void *)store->keys.data + (uint64_t)position * width;
}

ALWAYS_INLINE bool same_key(const word *left, const word *right, unsigned width)
{
    return memcmp(left, right, width * sizeof(word)) == 0;
}

enum sought { FOUND_OLD, FOUND_NEW, NEED_PIECE };

/* Find a key, or add it at the next position of `cursor`. NEED_PIECE: it is new, and the piece is used up.
 *
 * Lines are filled from their first entry on, so that behind an empty entry there is nothing to be found. With `alone`,
 * no other worker is there, and publishing is a plain store: a compare-and-swap costs as much as the rest.
 */
ALWAYS_INLINE enum sought store_seek(struct store *store, const word *key, uint64_t hash, unsigned width, bool alone,
                                     struct cursor *cursor, uint32_t *position)
{
    word *keys = (word *)(void *)store->keys.data;
    uint64_t lines = atomic_load_explicit(&store->lines, memory_order_relaxed);
    uint64_t number = line_of(hash, lines);
    bool written = false;
    for (;;) {
        _Atomic uint64_t *line = store->entries + number * LINE;
        for (unsigned i = 0; i < LINE; i++) {
            uint64_t entry = atomic_load_explicit(&line[i], memory_order_acquire);
            if (entry == 0) {
                if (!written) {
                    if (cursor->next == cursor->end)
                        return NEED_PIECE;
                    memcpy(keys + (uint64_t)cursor->next * width, key, width * sizeof(word));
                    written = true;
                }
                uint64_t mine = hash << 32 | (cursor->next + 1);
                if (alone)
                    atomic_store_explicit(&line[i], mine, memory_order_release);
                if (alone || atomic_compare_exchange_strong_explicit(&line[i], &entry, mine, memory_order_acq_rel,
                                                                     memory_order_acquire)) {
                    *position = cursor->next++;
                    return FOUND_NEW;
                }
            }
            if (entry >> 32 == (uint32_t)hash) {
                uint32_t there = (uint32_t)entry - 1;
                if (same_key(keys + (uint64_t)there * width, key, width)) {
                    *position = there;
                    return FOUND_OLD;
                }
            }
        }
        number = number + 1 == lines ? 0 : number + 1;
    }
}

#endif
