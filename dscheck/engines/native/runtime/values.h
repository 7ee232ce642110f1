/* How are values computed with? What the generated code calls to work on codes and numbers.
 *
 * All of it is inlined: the generated code passes the layout (widths, offsets) as constants, so that little is left of
 * each call. Every name ends in _word, _wide or _number, and no name of generated code does.
 */
#ifndef DSCHECK_VALUES_H
#define DSCHECK_VALUES_H

#include "model.h"

/* Generated code names the parts of a computation; some names are not needed once a domain has a single value. */
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
/* A length may be compared with one that there is no room for, as long as the widths are narrow. */
#pragma GCC diagnostic ignored "-Wtautological-compare"

#define INLINE static inline __attribute__((always_inline))
#define JOINED_(name, code) name##_##code
#define JOINED(name, code) JOINED_(name, code)
#define NAMED(name) JOINED(name, CODE)

/* The quotient rounded down; C rounds towards zero. */
INLINE number quotient_number(number left, number right)
{
    number quotient = left / right;
    return quotient - (left % right != 0 && (left < 0) != (right < 0));
}

/* The remainder with the sign of `right`. */
INLINE number remainder_number(number left, number right)
{
    number remainder = left % right;
    return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
}

INLINE word mask_length_word(word members)
{
    return (word)__builtin_popcountll(members);
}

INLINE word mask_length_wide(wide members)
{
    return mask_length_word((word)members) + mask_length_word((word)(members >> 64));
}

/* The least member of a set that is not empty. */
INLINE word mask_least_word(word members)
{
    return (word)__builtin_ctzll(members);
}

INLINE word mask_least_wide(wide members)
{
    return (word)members ? mask_least_word((word)members) : 64 + mask_least_word((word)(members >> 64));
}

/* --- the order of values whose codes are in another: values_order.py says what an ordinal is --- */

/* The ordinal of a set of some of `size` elements: each that is passed over skips the sets that begin with it. */
INLINE word mask_ordinal_word(word members, unsigned size)
{
    word ordinal = 0;
    for (unsigned place = 0; place < size && members >> place; place++)
        ordinal += members >> place & 1 ? 1 : (word)1 << (size - 1 - place);
    return ordinal;
}

/* The same set, with each member at the place that its value has. */
INLINE word mask_moved_word(word members, const uint8_t *places)
{
    word moved = 0;
    for (; members; members &= members - 1)
        moved |= (word)1 << places[mask_least_word(members)];
    return moved;
}

/* One more among `count` pairs of ordinal and code, which are in the order of the ordinals; how many they are then. */
INLINE word put_in_order_word(word (*pairs)[2], word count, word ordinal, word code)
{
    word place = count;
    for (; place && pairs[place - 1][0] > ordinal; place--) {
        pairs[place][0] = pairs[place - 1][0];
        pairs[place][1] = pairs[place - 1][1];
    }
    pairs[place][0] = ordinal;
    pairs[place][1] = code;
    return count + 1;
}

#define CODE word
#include "collections.h"
#undef CODE
#define CODE wide
#include "collections.h"
#undef CODE

#endif
