/* What do the rounds say of a graph? Reads a graph level by level from its input and prints the answers.
 *
 * A state is the answers to the formulas, one per word; FAILS + k stands for the lack of a value because of failure k,
 * OVERFLOWS for an internal width that is too small. The argument, if any: how many allocations succeed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "runs.h"

#define FAILS (INT64_C(1) << 60)
#define OVERFLOWS (INT64_C(1) << 59)
#define MOST_POSITIONS 100000
#define MOST_EDGES 100000
#define MOST_QUESTIONS 16
#define MOST_COUNTERS 8

void *__real_realloc(void *, size_t);
void *__real_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_calloc(size_t, size_t);

static long allocations = -1;

static bool refused(void)
{
    return allocations >= 0 && allocations-- == 0 && (allocations = 0, true);
}

void *__wrap_realloc(void *data, size_t bytes)
{
    return refused() ? NULL : __real_realloc(data, bytes);
}

void *__wrap_calloc(size_t items, size_t bytes)
{
    return refused() ? NULL : __real_calloc(items, bytes);
}

static int answer(uint32_t k, const word *state, number *value, struct labels *labels)
{
    number found = (number)state[k];
    if (found >= FAILS) {
        labels->failures |= 1u << (found - FAILS);
        return ANSWER_FAILED;
    }
    if (found == OVERFLOWS) {
        labels->overflow = 1;
        return ANSWER_OVERFLOW;
    }
    *value = found;
    return ANSWER_TRUE;
}

static long read_number(void)
{
    long value;
    if (scanf("%ld", &value) != 1)
        exit(2);
    return value;
}

static int go_on(void *context)
{
    long *rounds = context;
    return (*rounds)-- != 0;
}

static void print_states(const struct runs *runs, uint32_t questions)
{
    for (uint32_t k = 0; k < questions; k++)
        printf("%u ", runs_state_of(runs, k));
    printf("\n");
}

static void print_answers(const struct runs *runs, uint32_t questions)
{
    for (uint32_t k = 0; k < questions; k++) {
        uint32_t failure, position, asked, target, weight;
        if (runs_failed(runs, k, &failure, &position, &asked))
            printf("failed %u %u %u\n", failure, position, asked);
        else if (runs_state_of(runs, k) != RUN_FOUND)
            printf("none\n");
        else {
            printf("run %u", runs_start(runs, k));
            for (uint32_t i = 0; i < runs_length(runs, k); i++) {
                runs_step(runs, k, i, &target, &weight);
                printf(" %u %u", target, weight);
            }
            printf("\n");
        }
    }
}

/* Follow the commands. Returns why it ended. */
static const char *follow(struct runs *runs, uint32_t questions, uint32_t counters, uint32_t asked)
{
    static uint64_t first[MOST_POSITIONS];
    static uint32_t degree[MOST_POSITIONS];
    static struct edge edges[MOST_EDGES];
    static int32_t increments[MOST_EDGES * MOST_COUNTERS];
    struct graph graph = {first, degree, edges, increments, 0, counters, 0};
    size_t count = 0;
    struct labels scratch = {0};
    for (char command; scanf(" %c", &command) == 1;) {
        int failed = 0;
        if (command == 's') { /* a state: its position and answers */
            word state[64];
            uint32_t position = (uint32_t)read_number();
            for (uint32_t k = 0; k < asked; k++)
                state[k] = (word)read_number();
            scratch.failures = 1; /* of somebody else */
            int result = runs_state(runs, position, state, &scratch);
            if (result == ANSWER_OVERFLOW)
                return "overflow";
            failed = result == RUNS_NO_MEMORY;
        } else if (command == 'i') { /* increments */
            for (uint32_t c = 0; c < counters; c++)
                increments[(size_t)graph.weights * counters + c] = (int32_t)read_number();
            graph.weights++;
        } else if (command == 'x') { /* a state is expanded: its position, and target and weight of each step */
            uint32_t position = (uint32_t)read_number();
            first[position] = count;
            degree[position] = (uint32_t)read_number();
            for (uint32_t e = 0; e < degree[position]; e++, count++) {
                edges[count].target = (uint32_t)read_number();
                edges[count].weight = (uint32_t)read_number();
            }
        } else {
            long rounds = command == 'f' ? read_number() : 0;
            failed = command == 'b'   ? runs_begin(runs)
                     : command == 'a' ? runs_advance(runs, &graph)
                                      : runs_finish(runs, &graph, go_on, &rounds);
            if (!failed)
                print_states(runs, questions);
        }
        if (failed)
            return "memory";
        if (runs_bytes(runs) < sizeof(void *))
            return "no bytes";
    }
    return "end";
}

int main(int count, char **arguments)
{
    struct run_question questions[MOST_QUESTIONS];
    int32_t coefficients[MOST_QUESTIONS][MOST_COUNTERS];
    uint32_t counters = (uint32_t)read_number(), asked = (uint32_t)read_number();
    uint32_t questions_count = (uint32_t)read_number();
    for (uint32_t k = 0; k < questions_count; k++) {
        questions[k].condition = (uint32_t)read_number();
        questions[k].limit = (uint32_t)read_number();
        questions[k].tight = (uint32_t)read_number();
        questions[k].coefficients = coefficients[k];
        for (uint32_t c = 0; c < counters; c++)
            coefficients[k][c] = (int32_t)read_number();
    }
    struct model model = {.abi = DSCHECK_ABI, .words = asked, .counters = counters, .asked = asked, .answer = answer};
    if (count > 1)
        allocations = atol(arguments[1]);
    struct runs *runs = runs_new(&model, questions, questions_count);
    for (uint32_t k = 0; k < questions_count; k++) /* they were copied */
        coefficients[k][0] = 12345;
    const char *end = runs ? follow(runs, questions_count, counters, asked) : "memory";
    printf("%s\n", end);
    if (runs && end[0] == 'e')
        print_answers(runs, questions_count);
    runs_free(runs);
    return 0;
}
