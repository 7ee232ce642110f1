/* What does every generated step do? Makes a successor, reads and writes entries at computed places, counts labels.
 *
 * Generated code includes this after it has defined WORDS and COUNTERS.
 */
#ifndef DSCHECK_STEPS_H
#define DSCHECK_STEPS_H

#include "model.h"

/* Where one entry of an array of variables stands. One that never changes has no place: its mask is 0, and its code
 * is `constant`. */
struct place {
    uint32_t at, shift;
    word mask, constant;
};

/* The same for an entry of more than 64 bits, which begins at the lowest bit of a word. */
struct wide_place {
    uint32_t at;
    word low_mask, high_mask;
    wide constant;
};

static inline word entry(const word *words, const struct place *place)
{
    return (words[place->at] >> place->shift & place->mask) | place->constant;
}

static inline void put_entry(word *words, const struct place *place, word code)
{
    words[place->at] = (words[place->at] & ~(place->mask << place->shift)) | code << place->shift;
}

static inline wide wide_entry(const word *words, const struct wide_place *place)
{
    /* A constant has no masks, and perhaps no second word to read. */
    word high = place->high_mask != 0 ? words[place->at + 1] & place->high_mask : 0;
    return ((wide)high << 64 | (words[place->at] & place->low_mask)) | place->constant;
}

static inline void put_wide_entry(word *words, const struct wide_place *place, wide code)
{
    words[place->at] = (word)code;
    words[place->at + 1] = (words[place->at + 1] & ~place->high_mask) | (word)(code >> 64);
}

/* Room for one more successor, which counts as made; its WORDS words are for the caller to fill. */
static inline word *new_successor(struct labels *labels)
{
    if (labels->count == labels->room)
        labels->grow(labels);
    return labels->successors + WORDS * labels->count++;
}

static inline void copy_words(word *restrict to, const word *restrict from)
{
    for (size_t at = 0; at < WORDS; at++)
        to[at] = from[at];
}

static inline int differ(const word *left, const word *right)
{
    word differing = 0;
    for (size_t at = 0; at < WORDS; at++)
        differing |= left[at] ^ right[at];
    return differing != 0;
}

/* A rule had `taken` labels in this state; `progress` is 0 for a fault. */
static inline void count_labels(struct labels *labels, size_t rule, uint64_t taken, uint32_t progress)
{
    labels->labels += taken;
    labels->fired[rule] += taken;
    if (taken != 0)
        labels->progress |= progress;
}

#endif
