/* Which number has a list of numbers? */
#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

#define FIRST_SLOTS 1024

static const uint64_t *begins_of(const struct lists *lists)
{
    return (const uint64_t *)(const void *)lists->begins.data;
}

static uint64_t hash_items(const uint32_t *items, uint64_t length)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ length;
    for (uint64_t i = 0; i < length; i++)
        hash = fold(hash ^ items[i], UINT64_C(0xe7037ed1a0b428db));
    return hash;
}

static bool is_list(const struct lists *lists, uint32_t list, const uint32_t *items, uint64_t length)
{
    const uint64_t *begins = begins_of(lists);
    const uint32_t *kept = (const uint32_t *)(const void *)lists->items.data + begins[list];
    return begins[list + 1] - begins[list] == length && (length == 0 || memcmp(kept, items, length * sizeof *items) == 0);
}

static void put_slot(uint32_t *slots, uint64_t slot_count, uint64_t hash, uint32_t list)
{
    uint64_t slot = hash & (slot_count - 1);
    while (slots[slot])
        slot = (slot + 1) & (slot_count - 1);
    slots[slot] = list + 1;
}

static uint64_t hash_list(const struct lists *lists, uint32_t list)
{
    const uint64_t *begins = begins_of(lists);
    const uint32_t *items = (const uint32_t *)(const void *)lists->items.data;
    return hash_items(items + begins[list], begins[list + 1] - begins[list]);
}

static bool more_slots(struct lists *lists)
{
    uint64_t slot_count = 4 * lists->slot_count;
    if (!memory_take(lists->memory, slot_count * sizeof *lists->slots))
        return false;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots) {
        memory_give(lists->memory, slot_count * sizeof *slots);
        return false;
    }
    for (uint32_t list = 0; list < lists->count; list++)
        put_slot(slots, slot_count, hash_list(lists, list), list);
    memory_give(lists->memory, lists->slot_count * sizeof *slots);
    free(lists->slots);
    lists->slots = slots;
    lists->slot_count = slot_count;
    return true;
}

/* SEARCH_RUNNING and `*number`, or why there is no memory. */
static int shared_number(struct lists *lists, uint64_t hash, const uint32_t *items, uint32_t length, uint32_t *number)
{
    uint64_t mask = lists->slot_count - 1;
    for (uint64_t slot = hash & mask; lists->slots[slot]; slot = (slot + 1) & mask) {
        if (is_list(lists, lists->slots[slot] - 1, items, length)) {
            *number = lists->slots[slot] - 1;
            return SEARCH_RUNNING;
        }
    }
    if ((uint64_t)lists->count + 2 > lists->begins.items || lists->used + length > lists->items.items)
        return SEARCH_MAX_MEMORY;
    int status = region_commit(&lists->begins, (uint64_t)lists->count + 2);
    if (status == SEARCH_RUNNING)
        status = region_commit(&lists->items, lists->used + length);
    if (status != SEARCH_RUNNING)
        return status;
    if (lists->count >= lists->slot_count / 2 && !more_slots(lists))
        return SEARCH_MAX_MEMORY;
    if (length > 0)
        memcpy(lists->items.data + lists->used * sizeof *items, items, length * sizeof *items);
    lists->used += length;
    *number = lists->count++;
    ((uint64_t *)(void *)lists->begins.data)[lists->count] = lists->used;
    put_slot(lists->slots, lists->slot_count, hash, *number);
    return SEARCH_RUNNING;
}

int lists_number(struct lists *lists, struct known_lists *known, const uint32_t *items, uint32_t length,
                 uint32_t *number)
{
    uint64_t hash = hash_items(items, length), slot = hash % KNOWN_LISTS;
    if (known->at[slot].list && known->at[slot].hash == hash &&
        is_list(lists, known->at[slot].list - 1, items, length)) {
        *number = known->at[slot].list - 1;
        return SEARCH_RUNNING;
    }
    pthread_mutex_lock(&lists->mutex);
    int status = shared_number(lists, hash, items, length, number);
    pthread_mutex_unlock(&lists->mutex);
    if (status == SEARCH_RUNNING) {
        known->at[slot].hash = hash;
        known->at[slot].list = *number + 1;
    }
    return status;
}

bool lists_open(struct lists *lists, struct memory *memory)
{
    lists->memory = memory;
    if (pthread_mutex_init(&lists->mutex, NULL) != 0 || !memory_take(memory, FIRST_SLOTS * sizeof *lists->slots))
        return false;
    lists->slot_count = FIRST_SLOTS;
    lists->slots = calloc(FIRST_SLOTS, sizeof *lists->slots);
    uint64_t most = region_most(memory, sizeof(uint64_t), UINT32_MAX);
    uint32_t number;
    return lists->slots && region_reserve(&lists->begins, memory, sizeof(uint64_t), most) &&
           region_reserve(&lists->items, memory, sizeof(uint32_t),
                          region_most(memory, sizeof(uint32_t), (uint64_t)1 << 36)) &&
           shared_number(lists, hash_items(NULL, 0), NULL, 0, &number) == SEARCH_RUNNING;
}

void lists_close(struct lists *lists)
{
    region_free(&lists->items);
    region_free(&lists->begins);
    free(lists->slots);
    pthread_mutex_destroy(&lists->mutex);
}

bool lists_restore(struct lists *lists, uint32_t count, uint64_t used)
{
    const uint64_t *begins = begins_of(lists);
    if (count == 0 || begins[0] != 0 || begins[count] != used)
        return false;
    for (uint32_t list = 0; list < count; list++)
        if (begins[list] > begins[list + 1])
            return false;
    memset(lists->slots, 0, lists->slot_count * sizeof *lists->slots);
    lists->count = 0;
    lists->used = used;
    while (lists->count < count) {
        if (lists->count >= lists->slot_count / 2 && !more_slots(lists))
            return false;
        put_slot(lists->slots, lists->slot_count, hash_list(lists, lists->count), lists->count);
        lists->count++;
    }
    return true;
}
