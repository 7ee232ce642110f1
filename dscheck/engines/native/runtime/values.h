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

#define CODE word
#include "collections.h"
#undef CODE
#define CODE wide
#include "collections.h"
#undef CODE

#endif
