/* How is the graph recorded while it is explored? */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

#define PIECE 16384 /* edges */
#define FIRST_SLOTS 1024

static const int32_t *counts_of(const struct record *record, uint32_t weight)
{
    return (const int32_t *)(const void *)record->increments.data + (size_t)weight * record->counters;
}

static uint64_t hash_counts(const struct record *record, const int32_t *counts)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t c = 0; c < record->counters; c++)
        hash = fold(hash ^ (uint32_t)counts[c], UINT64_C(0xe7037ed1a0b428db));
    return hash;
}

static bool same_counts(const struct record *record, uint32_t weight, const int32_t *counts)
{
    return memcmp(counts_of(record, weight), counts, record->counters * sizeof *counts) == 0;
}

bool record_open(struct record *record, struct memory *memory, uint32_t summed, uint32_t beside, uint64_t positions)
{
    uint32_t counters = summed + beside;
    uint64_t counts_bytes = (counters + !counters) * sizeof(int32_t);
    record->memory = memory;
    record->counters = counters;
    record->beside = beside;
    if (pthread_mutex_init(&record->mutex, NULL) != 0)
        return false;
    if (!memory_take(memory, FIRST_SLOTS * sizeof *record->slots))
        return false;
    record->slot_count = FIRST_SLOTS;
    record->slots = calloc(FIRST_SLOTS, sizeof *record->slots);
    if (counters == 0)
        record->weights = 1; /* the empty increments */
    return record->slots && region_reserve(&record->first, memory, sizeof(uint64_t), positions) &&
           region_reserve(&record->degree, memory, sizeof(uint32_t), positions) &&
           region_reserve(&record->edges, memory, sizeof(struct edge),
                          region_most(memory, sizeof(struct edge), (uint64_t)1 << 36)) &&
           region_reserve(&record->increments, memory, counts_bytes, region_most(memory, counts_bytes, UINT32_MAX));
}

void record_close(struct record *record)
{
    region_free(&record->first);
    region_free(&record->degree);
    region_free(&record->edges);
    region_free(&record->increments);
    free(record->slots);
    pthread_mutex_destroy(&record->mutex);
}

int record_edges(struct record *record, struct pen *pen, uint64_t count, uint64_t *first)
{
    int status = SEARCH_RUNNING;
    if (pen->end - pen->next < count) {
        pthread_mutex_lock(&record->mutex);
        bool neighbours = pen->end == record->next; /* always so with one worker: no edge is left unused */
        uint64_t begin = neighbours ? pen->next : record->next;
        uint64_t end = begin + (count > PIECE ? count : PIECE);
        status = end <= record->edges.items ? region_commit(&record->edges, end) : SEARCH_NO_MEMORY;
        if (status == SEARCH_RUNNING) {
            pen->next = begin;
            pen->end = record->next = end;
        }
        pthread_mutex_unlock(&record->mutex);
    }
    *first = pen->next;
    if (status == SEARCH_RUNNING)
        pen->next += count;
    return status;
}

static void put_slot(uint32_t *slots, uint64_t slot_count, uint64_t hash, uint32_t weight)
{
    uint64_t slot = hash & (slot_count - 1);
    while (slots[slot])
        slot = (slot + 1) & (slot_count - 1);
    slots[slot] = weight + 1;
}

static bool more_slots(struct record *record)
{
    uint64_t slot_count = 4 * record->slot_count;
    if (!memory_take(record->memory, slot_count * sizeof *record->slots))
        return false;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (!slots) {
        memory_give(record->memory, slot_count * sizeof *slots);
        return false;
    }
    for (uint32_t weight = 0; weight < record->weights; weight++)
        put_slot(slots, slot_count, hash_counts(record, counts_of(record, weight)), weight);
    memory_give(record->memory, record->slot_count * sizeof *slots);
    free(record->slots);
    record->slots = slots;
    record->slot_count = slot_count;
    return true;
}

static int shared_weight(struct record *record, uint64_t hash, const int32_t *counts, uint32_t *weight)
{
    uint64_t mask = record->slot_count - 1;
    for (uint64_t slot = hash & mask; record->slots[slot]; slot = (slot + 1) & mask) {
        if (same_counts(record, record->slots[slot] - 1, counts)) {
            *weight = record->slots[slot] - 1;
            return SEARCH_RUNNING;
        }
    }
    if (record->weights >= record->increments.items)
        return SEARCH_MAX_MEMORY;
    int status = region_commit(&record->increments, (uint64_t)record->weights + 1);
    if (status != SEARCH_RUNNING)
        return status;
    if (record->weights >= record->slot_count / 2 && !more_slots(record))
        return SEARCH_MAX_MEMORY;
    *weight = record->weights;
    memcpy(record->increments.data + *weight * record->increments.item_bytes, counts, record->increments.item_bytes);
    put_slot(record->slots, record->slot_count, hash, *weight);
    record->weights++;
    return SEARCH_RUNNING;
}

int record_weight(struct record *record, struct pen *pen, const int32_t *counts, uint32_t *weight)
{
    *weight = 0;
    if (record->counters == 0)
        return SEARCH_RUNNING;
    uint64_t hash = hash_counts(record, counts);
    uint64_t slot = hash % KNOWN_WEIGHTS;
    if (pen->known[slot].weight && pen->known[slot].hash == hash &&
        same_counts(record, pen->known[slot].weight - 1, counts)) {
        *weight = pen->known[slot].weight - 1;
        return SEARCH_RUNNING;
    }
    pthread_mutex_lock(&record->mutex);
    int status = shared_weight(record, hash, counts, weight);
    pthread_mutex_unlock(&record->mutex);
    if (status == SEARCH_RUNNING) {
        pen->known[slot].hash = hash;
        pen->known[slot].weight = *weight + 1;
    }
    return status;
}

bool record_restore_weights(struct record *record, uint32_t weights)
{
    if (record->counters == 0)
        return weights == 1;
    record->weights = 0;
    while (record->weights < weights) {
        if (record->weights >= record->slot_count / 2 && !more_slots(record))
            return false;
        put_slot(record->slots, record->slot_count, hash_counts(record, counts_of(record, record->weights)),
                 record->weights);
        record->weights++;
    }
    return true;
}

struct graph record_graph(const struct record *record)
{
    return (struct graph){
        .first = (const uint64_t *)(const void *)record->first.data,
        .degree = (const uint32_t *)(const void *)record->degree.data,
        .edges = (const struct edge *)(const void *)record->edges.data,
        .increments = (const int32_t *)(const void *)record->increments.data,
        .weights = record->weights,
        .counters = record->counters - record->beside,
        .beside = record->beside,
    };
}
