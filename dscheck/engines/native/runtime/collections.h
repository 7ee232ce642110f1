/* How are the codes of lists, bags, sets, maps and vectors taken apart and put together? For one width of codes.
 *
 * values.h includes this file twice: with CODE word and with CODE wide. The layouts are described in codes.py:
 * `base` is the width of a length, `width` that of an item or entry. An item is a word, also inside a wide code.
 * Shifts by `base` and by a multiple of `width` are two steps: their sum may be the whole width of a code, and a shift
 * by that has no meaning in C.
 */

INLINE CODE NAMED(low_bits)(unsigned count)
{
    return count < 8 * sizeof(CODE) ? ((CODE)1 << count) - 1 : ~(CODE)0;
}

/* --- lists: the length lowest, above it the items, the first lowest --- */

INLINE word NAMED(queue_length)(CODE items, unsigned base)
{
    return (word)(items & NAMED(low_bits)(base));
}

/* The item at `place`, which is less than the length. */
INLINE word NAMED(queue_item)(CODE items, unsigned base, unsigned width, word place)
{
    return (word)(items >> base >> width * place & NAMED(low_bits)(width));
}

/* All but the first item; empty for the empty list. */
INLINE CODE NAMED(queue_rest)(CODE items, unsigned base, unsigned width)
{
    CODE length = items & NAMED(low_bits)(base);
    return length ? items >> base >> width << base | (length - 1) : items;
}

/* With one more item at the end, for which there is room. */
INLINE CODE NAMED(queue_append)(CODE items, unsigned base, unsigned width, word item)
{
    return (items + 1) | (CODE)item << base << width * NAMED(queue_length)(items, base);
}

/* Without the item at `place`, which is less than the length. */
INLINE CODE NAMED(queue_without)(CODE items, unsigned base, unsigned width, word place)
{
    unsigned at = base + width * (unsigned)place;
    CODE before = items & (((CODE)1 << at) - 1);
    return (before - 1) | items >> at >> width << at;
}

/* With one more item, put before the one at `place`; there is room for it. */
INLINE CODE NAMED(queue_insert)(CODE items, unsigned base, unsigned width, word place, word item)
{
    unsigned at = base + width * (unsigned)place;
    CODE before = items & (((CODE)1 << at) - 1);
    return (before + 1) | (CODE)item << at | items >> at << at << width;
}

/* With `item` at `place`, which is less than the length. */
INLINE CODE NAMED(queue_replace)(CODE items, unsigned base, unsigned width, word place, word item)
{
    unsigned at = base + width * (unsigned)place;
    return (items & ~(NAMED(low_bits)(width) << at)) | (CODE)item << at;
}

/* One list after another; there is room for both. */
INLINE CODE NAMED(queue_join)(CODE left, CODE right, unsigned base, unsigned width)
{
    CODE after = right >> base << width * NAMED(queue_length)(left, base) << base;
    return (left + NAMED(queue_length)(right, base)) | after;
}

/* Is `item` one of the first `count` items? */
INLINE word NAMED(queue_holds_among)(CODE items, unsigned base, unsigned width, word count, word item)
{
    for (CODE after = items >> base; count; count--, after >>= width)
        if ((word)(after & NAMED(low_bits)(width)) == item)
            return 1;
    return 0;
}

INLINE word NAMED(queue_holds)(CODE items, unsigned base, unsigned width, word item)
{
    return NAMED(queue_holds_among)(items, base, width, NAMED(queue_length)(items, base), item);
}

/* --- bags, and sets over many values: lists with ascending items --- */

/* How many items are less than `item`? */
INLINE word NAMED(sorted_place)(CODE items, unsigned base, unsigned width, word item)
{
    word place = 0, length = NAMED(queue_length)(items, base);
    while (place < length && NAMED(queue_item)(items, base, width, place) < item)
        place++;
    return place;
}

/* With one more item, for which there is room. */
INLINE CODE NAMED(sorted_add)(CODE items, unsigned base, unsigned width, word item)
{
    return NAMED(queue_insert)(items, base, width, NAMED(sorted_place)(items, base, width, item), item);
}

/* With one less of `item`, if it is there. */
INLINE CODE NAMED(sorted_take)(CODE items, unsigned base, unsigned width, word item)
{
    word place = NAMED(sorted_place)(items, base, width, item);
    if (place == NAMED(queue_length)(items, base) || NAMED(queue_item)(items, base, width, place) != item)
        return items;
    return NAMED(queue_without)(items, base, width, place);
}

/* The items of `left` that are not in `right`. */
INLINE CODE NAMED(sorted_difference)(CODE left, CODE right, unsigned base, unsigned width)
{
    for (word count = NAMED(queue_length)(right, base); count; count--)
        left = NAMED(sorted_take)(left, base, width, NAMED(queue_item)(right, base, width, count - 1));
    return left;
}

/* --- maps: per key an entry, 0 when the key is absent --- */

INLINE CODE NAMED(table_entry)(CODE table, unsigned width, word key)
{
    return table >> width * key & NAMED(low_bits)(width);
}

INLINE CODE NAMED(table_put)(CODE table, unsigned width, word key, CODE entry)
{
    return (table & ~(NAMED(low_bits)(width) << width * key)) | entry << width * key;
}

/* How many of the `keys` possible keys are present? */
INLINE word NAMED(table_length)(CODE table, unsigned width, word keys)
{
    word length = 0;
    for (word key = 0; key < keys; key++)
        length += NAMED(table_entry)(table, width, key) != 0;
    return length;
}

/* --- vectors of `size` components of `width` bits --- */

/* Is each component of `left` at most that of `right`? */
INLINE word NAMED(vector_within)(CODE left, CODE right, unsigned width, unsigned size)
{
    CODE mask = NAMED(low_bits)(width);
    for (unsigned at = 0; at < size * width; at += width)
        if ((left >> at & mask) > (right >> at & mask))
            return 0;
    return 1;
}

/* The greater of each two components. */
INLINE CODE NAMED(vector_greatest)(CODE left, CODE right, unsigned width, unsigned size)
{
    CODE greatest = 0;
    for (unsigned at = 0; at < size * width; at += width) {
        CODE one = left >> at & NAMED(low_bits)(width), other = right >> at & NAMED(low_bits)(width);
        greatest |= (one > other ? one : other) << at;
    }
    return greatest;
}

/* The smaller of each two components. */
INLINE CODE NAMED(vector_least)(CODE left, CODE right, unsigned width, unsigned size)
{
    CODE least = 0;
    for (unsigned at = 0; at < size * width; at += width) {
        CODE one = left >> at & NAMED(low_bits)(width), other = right >> at & NAMED(low_bits)(width);
        least |= (one < other ? one : other) << at;
    }
    return least;
}
