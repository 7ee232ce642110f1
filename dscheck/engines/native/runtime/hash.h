/* Where is a state looked for, and what stands for it when it is not kept? */
#ifndef DSCHECK_HASH_H
#define DSCHECK_HASH_H

#include "model.h"

/* Both halves of a product: every bit of either factor reaches every bit of the result (the idea of wyhash). */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* For the index only, which compares the states themselves: fast, and a rare weak value costs no more than time. */
static inline uint64_t hash_words(const word *words, unsigned count)
{
    uint64_t hash = UINT64_C(0xa0761d6478bd642f);
    for (unsigned i = 0; i + 1 < count; i += 2)
        hash = fold(words[i] ^ UINT64_C(0xe7037ed1a0b428db), words[i + 1] ^ hash);
    if (count & 1)
        hash = fold(words[count - 1] ^ UINT64_C(0x8ebc6af09c88c6e3), hash);
    return fold(hash ^ UINT64_C(0x589965cc75374cc3), UINT64_C(0x1d8e4e27c47d124f));
}

/* In place of a state that is not kept: nothing compares the states, so mixing is thorough. For a given hash so far,
 * each step maps different words to different hashes, and the other way round (finaliser of SplitMix64). */
static inline uint64_t fingerprint_words(const word *words, unsigned count)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
    for (unsigned i = 0; i < count; i++) {
        hash = (hash ^ words[i]) + UINT64_C(0x9e3779b97f4a7c15);
        hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
        hash ^= hash >> 31;
    }
    return hash;
}

#endif
