/* Which positions are to be gone through, by several workers together? */
#include "spans.h"

#include <stdlib.h>

bool spans_add(struct spans *spans, uint32_t begin, uint32_t end)
{
    if (begin >= end)
        return true;
    if (spans->count == spans->room) {
        size_t room = spans->room ? 2 * spans->room : 16;
        struct range *ranges = realloc(spans->ranges, room * sizeof *ranges);
        if (!ranges)
            return false;
        spans->ranges = ranges;
        uint64_t *before = realloc(spans->before, room * sizeof *before);
        if (!before)
            return false;
        spans->before = before;
        spans->room = room;
    }
    spans->ranges[spans->count++] = (struct range){begin, end};
    return true;
}

static int by_begin(const void *left, const void *right)
{
    uint32_t a = ((const struct range *)left)->begin, b = ((const struct range *)right)->begin;
    return (a > b) - (a < b);
}

bool spans_order(struct spans *spans)
{
    atomic_store_explicit(&spans->claimed, 0, memory_order_relaxed);
    spans->total = 0;
    if (spans->count == 0)
        return true;
    qsort(spans->ranges, spans->count, sizeof *spans->ranges, by_begin);
    size_t kept = 0;
    for (size_t i = 1; i < spans->count; i++) {
        if (spans->ranges[i].begin == spans->ranges[kept].end)
            spans->ranges[kept].end = spans->ranges[i].end;
        else
            spans->ranges[++kept] = spans->ranges[i];
    }
    spans->count = kept + 1;
    for (size_t i = 0; i < spans->count; i++) {
        spans->before[i] = spans->total;
        spans->total += spans->ranges[i].end - spans->ranges[i].begin;
    }
    return true;
}

bool spans_between(const struct spans *spans, uint32_t end, struct spans *gaps)
{
    uint32_t begin = 0;
    spans_clear(gaps);
    for (size_t i = 0; i < spans->count; i++) {
        if (!spans_add(gaps, begin, spans->ranges[i].begin))
            return false;
        begin = spans->ranges[i].end;
    }
    return spans_add(gaps, begin, end) && spans_order(gaps);
}

void spans_clear(struct spans *spans)
{
    spans->count = 0;
    spans->total = 0;
    atomic_store_explicit(&spans->claimed, 0, memory_order_relaxed);
}

void spans_free(struct spans *spans)
{
    free(spans->ranges);
    free(spans->before);
    spans->ranges = NULL;
    spans->before = NULL;
    spans->count = spans->room = 0;
}

bool spans_contain(const struct spans *spans, uint32_t position)
{
    size_t low = 0, high = spans->count; /* the range is among [low, high) */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (position < spans->ranges[middle].begin)
            high = middle;
        else if (position >= spans->ranges[middle].end)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

bool spans_claim(struct spans *spans, uint64_t block, struct walk *walk)
{
    if (atomic_load_explicit(&spans->claimed, memory_order_relaxed) >= spans->total)
        return false;
    uint64_t at = atomic_fetch_add_explicit(&spans->claimed, block, memory_order_relaxed);
    if (at >= spans->total)
        return false;
    walk->at = at;
    walk->to = at + block < spans->total ? at + block : spans->total;
    size_t low = 0, high = spans->count; /* before[low] <= at */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (spans->before[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    walk->range = low;
    return true;
}

struct range spans_next(const struct spans *spans, struct walk *walk, uint32_t most)
{
    if (walk->at >= walk->to)
        return (struct range){0, 0};
    struct range range = spans->ranges[walk->range];
    uint64_t offset = walk->at - spans->before[walk->range];
    if (range.begin + offset >= range.end) {
        range = spans->ranges[++walk->range];
        offset = 0;
    }
    uint64_t length = range.end - range.begin - offset, left = walk->to - walk->at;
    length = length < left ? length : left;
    length = length < most ? length : most;
    walk->at += length;
    uint32_t begin = (uint32_t)(range.begin + offset);
    return (struct range){begin, begin + (uint32_t)length};
}
