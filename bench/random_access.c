/* How many states can this machine look up per second? The limit of an exact search whose table is larger than a cache.
 *
 *     random_access STATES SLOTS WORDS LOOKUPS
 *
 * STATES random states of WORDS words each lie in one array; an index of SLOTS entries of eight bytes (half a hash,
 * half a position) finds them by open addressing. Every look-up is of a state that is there, chosen at random: its
 * entry and then the state itself are read, and the whole state is compared. Batches of 256 are prefetched in two
 * stages, and both arrays ask for huge pages. Prints look-ups, CPU seconds, and probes per look-up.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define BATCH 256
#define MOST_WORDS 16

static uint64_t mixed(uint64_t value)
{
    value = (value ^ value >> 32) * UINT64_C(0xd6e8feb86659fd93);
    value = (value ^ value >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return value ^ value >> 32;
}

static void make_state(uint64_t position, uint32_t words, uint64_t *state)
{
    for (uint32_t w = 0; w < words; w++)
        state[w] = position * UINT64_C(0x9e3779b97f4a7c15) + w;
}

static uint64_t hash_of(const uint64_t *state, uint32_t words)
{
    uint64_t hash = 0;
    for (uint32_t w = 0; w < words; w++)
        hash = (hash ^ state[w]) * UINT64_C(0x9e3779b97f4a7c15);
    return mixed(hash);
}

static void *mapped(size_t bytes)
{
    size_t huge = (size_t)2 << 20;
    char *data = mmap(NULL, bytes + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    data += huge - (uintptr_t)data % huge;
    madvise(data, bytes, MADV_HUGEPAGE); /* where it is refused, the figure is that of small pages */
    return data;
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **arguments)
{
    if (count != 5) {
        fprintf(stderr, "random_access STATES SLOTS WORDS LOOKUPS\n");
        return 2;
    }
    uint64_t states = strtoull(arguments[1], NULL, 10), slots = strtoull(arguments[2], NULL, 10);
    uint32_t words = (uint32_t)strtoul(arguments[3], NULL, 10);
    uint64_t lookups = strtoull(arguments[4], NULL, 10), mask = slots - 1;
    if (!states || states >= slots || slots & mask || slots >> 32 || !words || words > MOST_WORDS) {
        fprintf(stderr, "SLOTS is a power of two of at most 2^31, more than STATES; WORDS is 1 to %d\n", MOST_WORDS);
        return 2;
    }
    uint64_t *data = mapped(states * words * sizeof *data), *slot = mapped(slots * sizeof *slot);
    for (uint64_t position = 0; position < states; position++) {
        uint64_t *state = data + position * words;
        make_state(position, words, state);
        uint64_t hash = hash_of(state, words), at = hash & mask;
        while (slot[at])
            at = (at + 1) & mask;
        slot[at] = hash >> 32 << 32 | (position + 1);
    }

    static uint64_t wanted[BATCH][MOST_WORDS];
    uint64_t hashes[BATCH], found = 0, probes = 0, chance = 1;
    double started = cpu_seconds();
    for (uint64_t done = 0; done < lookups; done += BATCH) {
        for (int i = 0; i < BATCH; i++) {
            chance += UINT64_C(0x9e3779b97f4a7c15);
            make_state((mixed(chance) >> 32) * states >> 32, words, wanted[i]);
            hashes[i] = hash_of(wanted[i], words);
            __builtin_prefetch(slot + (hashes[i] & mask));
        }
        for (int i = 0; i < BATCH; i++) {
            uint64_t entry = slot[hashes[i] & mask];
            if (entry >> 32 == hashes[i] >> 32)
                __builtin_prefetch(data + ((uint32_t)entry - 1) * (uint64_t)words);
        }
        for (int i = 0; i < BATCH; i++) {
            for (uint64_t at = hashes[i] & mask;; at = (at + 1) & mask) {
                uint64_t entry = slot[at];
                probes++;
                if (!entry)
                    break;
                if (entry >> 32 != hashes[i] >> 32)
                    continue;
                const uint64_t *state = data + ((uint32_t)entry - 1) * (uint64_t)words;
                uint64_t different = 0;
                for (uint32_t w = 0; w < words; w++)
                    different |= state[w] ^ wanted[i][w];
                if (!different) {
                    found++;
                    break;
                }
            }
        }
    }
    double seconds = cpu_seconds() - started;
    uint64_t asked = (lookups + BATCH - 1) / BATCH * BATCH;
    if (found != asked) {
        fprintf(stderr, "found %llu of %llu\n", (unsigned long long)found, (unsigned long long)asked);
        return 1;
    }
    printf("%llu look-ups, %.3f seconds, %.2f probes each\n", (unsigned long long)asked, seconds,
           (double)probes / (double)asked);
    return 0;
}
