/* How does a root become the state again? (The other way needs look-ups and is in insert.c.) */
#include "tree.h"

#if WORDS > 1

static void split(word pair, uint32_t *ids, unsigned k)
{
    ids[2 * k] = (uint32_t)pair;
    ids[2 * k + 1] = (uint32_t)(pair >> 32);
}

void tree_decode(const struct store *nodes, const word *roots, unsigned count, word *states, uint32_t *ids)
{
    const word *words = (const word *)(const void *)nodes->keys.data;
    for (unsigned i = 0; i < count; i++) {
        uint32_t *own = ids + (size_t)i * TREE_NODES;
        split(roots[i], own, WORDS - 2);
        __builtin_prefetch(words + own[2 * WORDS - 4]);
        __builtin_prefetch(words + own[2 * WORDS - 3]);
    }
    for (unsigned k = WORDS - 2; k-- > 0;) {
        for (unsigned i = 0; i < count; i++) {
            uint32_t *own = ids + (size_t)i * TREE_NODES;
            split(words[own[WORDS + k]], own, k);
            __builtin_prefetch(words + own[2 * k]);
            __builtin_prefetch(words + own[2 * k + 1]);
        }
    }
    for (unsigned i = 0; i < count; i++)
        for (unsigned n = 0; n < WORDS; n++)
            states[(size_t)i * WORDS + n] = words[ids[(size_t)i * TREE_NODES + n]];
}

#else

void tree_decode(const struct store *nodes, const word *roots, unsigned count, word *states, uint32_t *ids)
{
    (void)nodes, (void)ids;
    for (unsigned i = 0; i < count; i++)
        states[i] = roots[i];
}

#endif
