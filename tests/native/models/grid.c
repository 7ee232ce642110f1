/* A grid of coordinates that count up: see grid.h. */
#include "grid.h"

struct grid grid;

static unsigned coordinate(const word *state, unsigned i)
{
    return state[i % WORDS] >> 8 * (i / WORDS) & 0xff;
}

static int32_t sum_of(const word *state)
{
    int32_t sum = 0;
    for (unsigned i = 0; i < grid.dimensions; i++)
        sum += (int32_t)coordinate(state, i);
    return sum;
}

static void step(const word *state, unsigned i, unsigned to, struct labels *labels)
{
    if (labels->count == labels->room)
        labels->grow(labels);
    word *successor = labels->successors + labels->count * WORDS;
    for (unsigned k = 0; k < WORDS; k++)
        successor[k] = state[k];
    unsigned shift = 8 * (i / WORDS);
    successor[i % WORDS] = (successor[i % WORDS] & ~((word)0xff << shift)) | (word)to << shift;
    if (labels->counts) {
        labels->counts[2 * labels->count] = i == 0;
        labels->counts[2 * labels->count + 1] = (int32_t)i;
    }
    labels->count++;
    labels->labels++;
    labels->fired[i == 0 ? 0 : 1]++;
    labels->branches[i == 0 ? 0 : 1] = 1;
    if (i == 0 && (int32_t)to == grid.step_false_at)
        labels->steps_false |= 2;
    if (i == 0 && (int32_t)to == grid.step_failed_at)
        labels->steps_failed[FAIL_ABSENT] |= 1;
}

static void expand(const word *state, struct labels *labels)
{
    int32_t sum = sum_of(state);
    if (sum == grid.overflow_at) {
        labels->overflow = 1 + 6;
        return;
    }
    for (unsigned i = 0; i < grid.dimensions; i++) {
        unsigned at = coordinate(state, i);
        if (at + 1 < grid.side)
            step(state, i, at + 1, labels);
        else if (grid.wraps)
            step(state, i, 0, labels);
    }
    if (sum == grid.fails_at) {
        labels->labels++;
        labels->fired[2]++;
        labels->failures |= 1u << FAIL_DIVISION;
    }
    labels->progress = labels->labels > 0 && !(grid.faults_from >= 0 && sum >= grid.faults_from);
}

static int always_holds(uint32_t k, const word *state, struct labels *labels)
{
    int32_t sum = sum_of(state);
    if (k == 1 && sum == grid.failed_at) {
        labels->failures |= 1u << FAIL_RANGE;
        return ANSWER_FAILED;
    }
    return k == 0 && sum == grid.false_at ? ANSWER_FALSE : ANSWER_TRUE;
}

static int violations(const word *state, struct labels *labels)
{
    (void)labels;
    int32_t sum = sum_of(state);
    return sum == grid.false_at || sum == grid.failed_at;
}

/* 0: the goal; 1: true; 2: the limit; 3: false. */
static int answer(uint32_t k, const word *state, number *value, struct labels *labels)
{
    int32_t sum = sum_of(state);
    if (k == 0 && sum == grid.asked_failed_at) {
        labels->failures |= 1u << FAIL_CHOICE;
        return ANSWER_FAILED;
    }
    *value = k == 0 ? sum == grid.goal_at : k == 1 ? 1 : k == 2 ? grid.limit : 0;
    return ANSWER_TRUE;
}

const struct model grid_model = {
    .abi = DSCHECK_ABI,
    .words = WORDS,
    .rules = 3,
    .branches = 1,
    .counters = 2,
    .always = 2,
    .asked = 4,
    .steps = 2,
    .expand = expand,
    .violations = violations,
    .always_holds = always_holds,
    .answer = answer,
};
