/* Peterson
 * N = 2
 * SWAPPED = false
 * LEAVES = true
 * network.order = unordered
 *
 * level: word 0, bits 0..3
 * last: word 0, bits 4..5
 * Thread_place_0: word 0, bits 6..8: 0 entering, 1 halfway, 2 inside, 3 outside, 4 waiting
 * Thread_place_1: word 0, bits 9..11: 0 entering, 1 halfway, 2 inside, 3 outside, 4 waiting
 * Thread_passed_0: word 0, bit 12
 * Thread_passed_1: word 0, bit 13
 */
#define WORDS 1
#define COUNTERS 0
#include "model.h"
#include "values.h"
#include "steps.h"

/* want */
static void rule_want(const word *restrict state, struct labels *labels)
{
    uint32_t moved = 0;
    uint64_t taken = 0;
    /* self = Thread[0] */
    if ((state[0] >> 6 & 7) == 3) {
        word *const after = new_successor(labels);
        after[0] = state[0] & 0x3e3f;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = 0;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
    }
    /* self = Thread[1] */
    if ((state[0] >> 9 & 7) == 3) {
        word *const after = new_successor(labels);
        after[0] = state[0] & 0x31ff;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = 0;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
    }
    count_labels(labels, 0, taken, 1);
}

/* first_write */
static void rule_first_write(const word *restrict state, struct labels *labels)
{
    uint32_t moved = 0;
    uint64_t taken = 0;
    /* self = Thread[0] */
    if ((state[0] >> 6 & 7) == 0) {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 1;
        debt[length++] = (uint32_t)0;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        const number value = ((number)(state[0] >> 12 & 1)) + 1;
        if (!(value <= 1)) { labels->failures |= 1u << FAIL_RANGE; taken++; goto end_1; }
        word entries = (state[0] & 0xf);
        entries = table_put_word(entries, 2, 0, ((word)((word)value) + 1));
        word *const after = new_successor(labels);
        after[0] = (state[0] & 0x3e30) | entries | 0x40;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = (int32_t)owed;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
        end_1:;
        if (taken != before) labels->enable(labels, owed);
    }
    /* self = Thread[1] */
    if ((state[0] >> 9 & 7) == 0) {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 1;
        debt[length++] = (uint32_t)1;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        const number value = ((number)(state[0] >> 13 & 1)) + 1;
        if (!(value <= 1)) { labels->failures |= 1u << FAIL_RANGE; taken++; goto end_2; }
        word entries = (state[0] & 0xf);
        entries = table_put_word(entries, 2, 1, ((word)((word)value) + 1));
        word *const after = new_successor(labels);
        after[0] = (state[0] & 0x31f0) | entries | 0x200;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = (int32_t)owed;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
        end_2:;
        if (taken != before) labels->enable(labels, owed);
    }
    count_labels(labels, 1, taken, 1);
}

/* second_write */
static void rule_second_write(const word *restrict state, struct labels *labels)
{
    uint32_t moved = 0;
    uint64_t taken = 0;
    /* self = Thread[0] */
    if ((state[0] >> 6 & 7) == 1) {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 257;
        debt[length++] = (uint32_t)0;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        const number value = ((number)(state[0] >> 12 & 1)) + 1;
        if (!(value <= 1)) { labels->failures |= 1u << FAIL_RANGE; taken++; goto end_1; }
        word entries = (state[0] >> 4 & 3);
        entries = table_put_word(entries, 2, ((word)(value - 1)), 1);
        word *const after = new_successor(labels);
        after[0] = (state[0] & 0x3e0f) | entries << 4 | 0x100;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = (int32_t)owed;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
        end_1:;
        if (taken != before) labels->enable(labels, owed);
    }
    /* self = Thread[1] */
    if ((state[0] >> 9 & 7) == 1) {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 257;
        debt[length++] = (uint32_t)1;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        const number value = ((number)(state[0] >> 13 & 1)) + 1;
        if (!(value <= 1)) { labels->failures |= 1u << FAIL_RANGE; taken++; goto end_2; }
        word entries = (state[0] >> 4 & 3);
        entries = table_put_word(entries, 2, ((word)(value - 1)), 2);
        word *const after = new_successor(labels);
        after[0] = (state[0] & 0x31cf) | entries << 4 | 0x800;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = (int32_t)owed;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
        end_2:;
        if (taken != before) labels->enable(labels, owed);
    }
    count_labels(labels, 2, taken, 1);
}

/* go_on */
static void rule_go_on(const word *restrict state, struct labels *labels)
{
    uint32_t moved = 0;
    uint64_t taken = 0;
    /* self = Thread[0] */
    {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 513;
        debt[length++] = (uint32_t)0;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        if ((state[0] >> 6 & 7) == 4) {
            const number key_2 = ((number)(state[0] >> 12 & 1)) + 1;
            const word entry_4 = (key_2 <= 1) ? table_entry_word((state[0] >> 4 & 3), 2, ((word)(key_2 - 1))) : 0;
            if (!entry_4) { labels->failures |= 1u << FAIL_ABSENT; taken++; goto end_1; }
            word either_2 = !((entry_4 - 1) == 0);
            if (!either_2) {
                const word entry_5 = (state[0] & 0xf) >> 2;
                if (!entry_5) { labels->failures |= 1u << FAIL_ABSENT; taken++; goto end_1; }
                either_2 = ((number)(entry_5 - 1)) <= ((number)(state[0] >> 12 & 1));
            }
            if (either_2) {
                const number value = ((number)(state[0] >> 12 & 1)) + 1;
                if (!(value <= 1)) { labels->failures |= 1u << FAIL_RANGE; taken++; goto end_2; }
                const word Thread_place_0 = (word)8 >> ((value == 1) ? ((word)1 >> 0 * 1 & 1) : 0) * 2 & 3;
                word *const after = new_successor(labels);
                after[0] = (state[0] & 0x2e3f) | Thread_place_0 << 6 | ((word)value) << 12;
                if (labels->counts != NULL) {
                    int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
                    counts[COUNTERS] = (int32_t)owed;
                    counts[COUNTERS + 1] = (int32_t)moved;
                }
                taken++;
                end_2:;
            }
        }
        end_1:;
        if (taken != before) labels->enable(labels, owed);
    }
    /* self = Thread[1] */
    {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 513;
        debt[length++] = (uint32_t)1;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        if ((state[0] >> 9 & 7) == 4) {
            const number key_2 = ((number)(state[0] >> 13 & 1)) + 1;
            const word entry_4 = (key_2 <= 1) ? table_entry_word((state[0] >> 4 & 3), 2, ((word)(key_2 - 1))) : 0;
            if (!entry_4) { labels->failures |= 1u << FAIL_ABSENT; taken++; goto end_3; }
            word either_2 = !((entry_4 - 1) == 1);
            if (!either_2) {
                const word entry_5 = (state[0] & 0xf) & 3;
                if (!entry_5) { labels->failures |= 1u << FAIL_ABSENT; taken++; goto end_3; }
                either_2 = ((number)(entry_5 - 1)) <= ((number)(state[0] >> 13 & 1));
            }
            if (either_2) {
                const number value = ((number)(state[0] >> 13 & 1)) + 1;
                if (!(value <= 1)) { labels->failures |= 1u << FAIL_RANGE; taken++; goto end_4; }
                const word Thread_place_1 = (word)8 >> ((value == 1) ? ((word)1 >> 0 * 1 & 1) : 0) * 2 & 3;
                word *const after = new_successor(labels);
                after[0] = (state[0] & 0x11ff) | Thread_place_1 << 9 | ((word)value) << 13;
                if (labels->counts != NULL) {
                    int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
                    counts[COUNTERS] = (int32_t)owed;
                    counts[COUNTERS + 1] = (int32_t)moved;
                }
                taken++;
                end_4:;
            }
        }
        end_3:;
        if (taken != before) labels->enable(labels, owed);
    }
    count_labels(labels, 3, taken, 1);
}

/* leave */
static void rule_leave(const word *restrict state, struct labels *labels)
{
    uint32_t moved = 0;
    uint64_t taken = 0;
    /* self = Thread[0] */
    if ((state[0] >> 6 & 7) == 2) {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 769;
        debt[length++] = (uint32_t)0;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        word entries = (state[0] & 0xf);
        entries = table_put_word(entries, 2, 0, 1);
        word *const after = new_successor(labels);
        after[0] = (state[0] & 0x2e30) | entries | 0xc0;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = (int32_t)owed;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
        if (taken != before) labels->enable(labels, owed);
    }
    /* self = Thread[1] */
    if ((state[0] >> 9 & 7) == 2) {
        uint32_t debt[2];
        uint32_t length = 0;
        debt[length++] = 769;
        debt[length++] = (uint32_t)1;
        const uint32_t owed = labels->owe(labels, debt, length);
        const uint64_t before = taken;
        word entries = (state[0] & 0xf);
        entries = table_put_word(entries, 2, 1, 1);
        word *const after = new_successor(labels);
        after[0] = (state[0] & 0x11f0) | entries | 0x600;
        if (labels->counts != NULL) {
            int32_t *const counts = labels->counts + (COUNTERS + FAIR_COLUMNS) * (labels->count - 1);
            counts[COUNTERS] = (int32_t)owed;
            counts[COUNTERS + 1] = (int32_t)moved;
        }
        taken++;
        if (taken != before) labels->enable(labels, owed);
    }
    count_labels(labels, 4, taken, 1);
}

/* leave_some_day: never enabled */

static void expand(const word *state, struct labels *labels)
{
    rule_want(state, labels);
    rule_first_write(state, labels);
    rule_second_write(state, labels);
    rule_go_on(state, labels);
    rule_leave(state, labels);
}

/* mutex */
static int always_0(const word *state, struct labels *labels)
{
    (void)labels;
    if (!(((((state[0] >> 6 & 7) == 2) ? 1 : 0) + (((state[0] >> 9 & 7) == 2) ? 1 : 0)) <= 1)) return ANSWER_FALSE;
    return ANSWER_TRUE;
}

/* each_room_keeps_one_back */
static int always_1(const word *state, struct labels *labels)
{
    (void)labels;
    if (!((!(0 < ((number)(state[0] >> 12 & 1))))
        || (((1 ? 1 : 0) + ((((number)(state[0] >> 12 & 1)) <= ((number)(state[0] >> 13 & 1))) ? 1 : 0)) <= ((number)2 - ((number)(state[0] >> 12 & 1)))))) return ANSWER_FALSE;
    if (!((!(0 < ((number)(state[0] >> 13 & 1))))
        || ((((((number)(state[0] >> 13 & 1)) <= ((number)(state[0] >> 12 & 1))) ? 1 : 0) + (1 ? 1 : 0)) <= ((number)2 - ((number)(state[0] >> 13 & 1)))))) return ANSWER_FALSE;
    return ANSWER_TRUE;
}

static int always_holds(uint32_t k, const word *state, struct labels *labels)
{
    switch (k) {
    case 0: return always_0(state, labels);
    case 1: return always_1(state, labels);
    default: return ANSWER_FALSE;
    }
}

static int violations(const word *state, struct labels *labels)
{
    (void)labels;
    {
        if (!(((((state[0] >> 6 & 7) == 2) ? 1 : 0) + (((state[0] >> 9 & 7) == 2) ? 1 : 0)) <= 1)) return 1;
    }
    {
        if (!((!(0 < ((number)(state[0] >> 12 & 1))))
            || (((1 ? 1 : 0) + ((((number)(state[0] >> 12 & 1)) <= ((number)(state[0] >> 13 & 1))) ? 1 : 0)) <= ((number)2 - ((number)(state[0] >> 12 & 1)))))) return 1;
        if (!((!(0 < ((number)(state[0] >> 13 & 1))))
            || ((((((number)(state[0] >> 13 & 1)) <= ((number)(state[0] >> 12 & 1))) ? 1 : 0) + (1 ? 1 : 0)) <= ((number)2 - ((number)(state[0] >> 13 & 1)))))) return 1;
    }
    return 0;
}

static int asked_0(const word *state, number *answer, struct labels *labels)
{
    (void)labels;
    *answer = 0;
    if (!((0 < ((number)(state[0] >> 12 & 1))) || (0 < ((number)(state[0] >> 13 & 1))))) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

static int asked_1(const word *state, number *answer, struct labels *labels)
{
    (void)labels;
    *answer = 0;
    if (!(((state[0] >> 6 & 7) == 0) || ((state[0] >> 9 & 7) == 0))) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

/* contention */
static int asked_2(const word *state, number *answer, struct labels *labels)
{
    (void)labels;
    *answer = 0;
    if (!((state[0] >> 6 & 7) == 4)) return ANSWER_TRUE;
    if (!((state[0] >> 9 & 7) == 4)) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

/* deadlock */
static int asked_3(const word *state, number *answer, struct labels *labels)
{
    (void)state;
    (void)labels;
    *answer = 0;
    if (1) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

static int asked_4(const word *state, number *answer, struct labels *labels)
{
    (void)labels;
    *answer = 0;
    if (!((state[0] >> 6 & 7) == 0)) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

static int asked_5(const word *state, number *answer, struct labels *labels)
{
    (void)labels;
    *answer = 0;
    if (!((state[0] >> 6 & 7) == 2)) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

static int asked_6(const word *state, number *answer, struct labels *labels)
{
    (void)labels;
    *answer = 0;
    if (!((state[0] >> 9 & 7) == 0)) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

static int asked_7(const word *state, number *answer, struct labels *labels)
{
    (void)labels;
    *answer = 0;
    if (!((state[0] >> 9 & 7) == 2)) return ANSWER_TRUE;
    *answer = 1;
    return ANSWER_TRUE;
}

static int answer_asked(uint32_t k, const word *state, number *answer, struct labels *labels)
{
    switch (k) {
    case 0: return asked_0(state, answer, labels);
    case 1: return asked_1(state, answer, labels);
    case 2: return asked_2(state, answer, labels);
    case 3: return asked_3(state, answer, labels);
    case 4: return asked_4(state, answer, labels);
    case 5: return asked_5(state, answer, labels);
    case 6: return asked_6(state, answer, labels);
    case 7: return asked_7(state, answer, labels);
    default: return ANSWER_FALSE;
    }
}

const struct model dscheck_model = {
    .abi = DSCHECK_ABI,
    .words = 1,
    .rules = 6,
    .branches = 0,
    .counters = COUNTERS,
    .always = 2,
    .asked = 8,
    .steps = 0,
    .expand = expand,
    .violations = violations,
    .always_holds = always_holds,
    .answer = answer_asked,
    .fair = 1,
};
