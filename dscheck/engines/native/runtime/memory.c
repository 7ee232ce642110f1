/* How much memory does the search use, and may it have more? */
#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "memory.h"

#include <sys/mman.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

#define HUGE_PAGE ((uint64_t)2 << 20)
#define MOST_AT_ONCE ((uint64_t)32 << 20) /* that a region commits ahead of need */

static uint64_t rounded(uint64_t bytes, uint64_t step)
{
    return (bytes + step - 1) / step * step;
}

bool memory_take(struct memory *memory, uint64_t bytes)
{
    uint64_t used = atomic_load_explicit(&memory->used, memory_order_relaxed);
    do {
        if (used > memory->most || bytes > memory->most - used)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&memory->used, &used, used + bytes, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

void memory_give(struct memory *memory, uint64_t bytes)
{
    atomic_fetch_sub_explicit(&memory->used, bytes, memory_order_relaxed);
}

/* Without huge pages most random accesses also miss the table of page addresses: 15 to 40 % of the speed. */
static void prefer_huge_pages(void *data, uint64_t bytes)
{
#ifdef MADV_HUGEPAGE
    (void)madvise(data, bytes, MADV_HUGEPAGE); /* refused: only slower */
#else
    (void)data, (void)bytes;
#endif
}

/* Address space that begins on the boundary of a huge page, or NULL. */
static unsigned char *reserve(uint64_t bytes, int protection)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    unsigned char *start = mmap(NULL, bytes + HUGE_PAGE, protection, flags, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    uint64_t before = (HUGE_PAGE - (uintptr_t)start % HUGE_PAGE) % HUGE_PAGE;
    if (before)
        munmap(start, before);
    munmap(start + before + bytes, HUGE_PAGE - before);
    return start + before;
}

void *memory_map(struct memory *memory, uint64_t bytes, int *status)
{
    bytes = rounded(bytes, REGION_STEP);
    *status = SEARCH_MAX_MEMORY;
    if (!memory_take(memory, bytes))
        return NULL;
    unsigned char *data = reserve(bytes, PROT_READ | PROT_WRITE);
    if (!data) {
        memory_give(memory, bytes);
        *status = SEARCH_NO_MEMORY;
        return NULL;
    }
    prefer_huge_pages(data, bytes);
    *status = SEARCH_RUNNING;
    return data;
}

void memory_unmap(struct memory *memory, void *data, uint64_t bytes)
{
    if (!data)
        return;
    bytes = rounded(bytes, REGION_STEP);
    munmap(data, bytes);
    memory_give(memory, bytes);
}

uint64_t region_most(const struct memory *memory, uint64_t item_bytes, uint64_t items)
{
    uint64_t most = memory->most / item_bytes + 1;
    return items < most ? items : most;
}

bool region_reserve(struct region *region, struct memory *memory, uint64_t item_bytes, uint64_t items)
{
    *region = (struct region){.memory = memory, .item_bytes = item_bytes};
    for (; items > 0; items /= 2) {
        region->reserved = rounded(items * item_bytes, REGION_STEP);
        region->data = reserve(region->reserved, PROT_NONE);
        if (region->data) {
            prefer_huge_pages(region->data, region->reserved);
            region->items = items;
            return true;
        }
    }
    return false;
}

int region_commit(struct region *region, uint64_t items)
{
    uint64_t needed = items * region->item_bytes;
    if (needed <= region->committed)
        return SEARCH_RUNNING;
    needed = rounded(needed, REGION_STEP);
    uint64_t ahead = region->committed / 8;
    ahead = ahead < MOST_AT_ONCE ? ahead : MOST_AT_ONCE;
    uint64_t wanted = needed > region->committed + ahead ? needed : region->committed + ahead;
    wanted = rounded(wanted, wanted < HUGE_PAGE ? REGION_STEP : HUGE_PAGE);
    wanted = wanted < region->reserved ? wanted : region->reserved;
    if (!memory_take(region->memory, wanted - region->committed)) {
        wanted = needed;
        if (!memory_take(region->memory, wanted - region->committed))
            return SEARCH_MAX_MEMORY;
    }
    uint64_t more = wanted - region->committed;
    if (mprotect(region->data + region->committed, more, PROT_READ | PROT_WRITE) != 0) {
        memory_give(region->memory, more);
        return SEARCH_NO_MEMORY;
    }
    region->committed = wanted;
    return SEARCH_RUNNING;
}

void region_forget(struct region *region, uint64_t from, uint64_t to)
{
    unsigned char *start = region->data + from * region->item_bytes;
    uint64_t bytes = (to - from) * region->item_bytes;
#ifdef __linux__
    if (madvise(start, bytes, MADV_DONTNEED) != 0)
        return;
#else
    if (mmap(start, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) ==
        MAP_FAILED)
        return;
#endif
    memory_give(region->memory, bytes);
}

void region_free(struct region *region)
{
    if (region->data)
        munmap(region->data, region->reserved);
    *region = (struct region){0};
}
