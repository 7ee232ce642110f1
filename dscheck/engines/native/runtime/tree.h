/* How does a wide state become one word, exactly? A tree of pairs: each word of the state gets a number of 32 bits, two
 * numbers make a pair, each distinct pair gets a number, and so on up to one pair: the root, which is what is kept.
 *
 * Numbers are positions in one store of distinct words and pairs. Different states have different roots, since each
 * level can be undone. Two states that differ in one word share all numbers but those on the way to the root: mostly
 * one look-up per level of the tree, and 8 to 10 bytes per state, however wide it is.
 *
 * Node n < WORDS is word n of the state; node WORDS + k is the pair of the nodes 2k and 2k + 1. The last pair is the
 * root and has no number.
 */
#ifndef DSCHECK_TREE_H
#define DSCHECK_TREE_H

#include "store.h"

#define TREE_NODES (WORDS > 1 ? 2 * WORDS - 2 : 1) /* those that have a number */

/* Node WORDS + k, or the root. */
static inline word tree_pair(const uint32_t *ids, unsigned k)
{
    return (word)ids[2 * k + 1] << 32 | ids[2 * k];
}

/* The states with these roots, and the numbers of their nodes; `count` states side by side, so that the look-ups of one
 * overlap those of the others. */
void tree_decode(const struct store *nodes, const word *roots, unsigned count, word *states, uint32_t *ids);

#endif
