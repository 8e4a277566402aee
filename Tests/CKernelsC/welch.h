#ifndef CK_TEST_WELCH_H
#define CK_TEST_WELCH_H

// Welch's t between the times of two classes.

#include "support.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline uint64_t ticks(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

#define WELCH_LIMIT 4.5

typedef struct { double mean, variance, n; } moments;

static inline moments moments_of(const uint64_t *t, const int *class, int which, size_t count, uint64_t cut) {
    moments m = {0, 0, 0};
    for (size_t i = 0; i < count; i++)
        if (class[i] == which && t[i] <= cut) { m.mean += (double)t[i]; m.n++; }
    m.mean /= m.n;
    for (size_t i = 0; i < count; i++)
        if (class[i] == which && t[i] <= cut) m.variance += ((double)t[i] - m.mean) * ((double)t[i] - m.mean);
    m.variance /= m.n - 1;
    return m;
}

/// Both classes are cut at one place of their common distribution: interruptions say nothing about either.
static inline double welch(const uint64_t *t, const int *class, size_t count, double *difference) {
    uint64_t *sorted = malloc(count * sizeof *sorted);
    memcpy(sorted, t, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    uint64_t cut = sorted[count * 8 / 10];
    free(sorted);
    moments a = moments_of(t, class, 0, count, cut), b = moments_of(t, class, 1, count, cut);
    *difference = (a.mean - b.mean) / b.mean;
    return (a.mean - b.mean) / sqrt(a.variance / a.n + b.variance / b.n);
}

/// |t| of `run` between two classes of secrets. `draw` makes the same random words for both, then keeps them (all ones) or clears
/// them (zero).
static inline double told_apart(
    const char *name, void (*draw)(uint64_t keep), void (*run)(void), size_t samples, double *difference) {
    uint64_t *t = malloc(2 * samples * sizeof *t);
    int *class = malloc(2 * samples * sizeof *class);
    for (size_t i = 0; i < 2 * samples; i++) {
        class[i] = (int)(random_word() >> 40 & 1);
        draw((uint64_t)0 - (uint64_t)class[i]);
        uint64_t from = ticks();
        run();
        t[i] = ticks() - from;
    }
    double score = welch(t, class, 2 * samples, difference);
    printf("%-32s t = %8.2f  difference %+.4f %%\n", name, score, *difference * 100);
    free(t);
    free(class);
    return fabs(score);
}

/// Whether `run` is told apart three times: a busy machine can push one run over the limit, a real difference shows always.
static inline int is_told_apart(const char *name, void (*draw)(uint64_t keep), void (*run)(void), size_t samples) {
    double difference;
    int count = 0;
    for (int attempt = 0; attempt < 3; attempt++)
        count += told_apart(name, draw, run, samples, &difference) > WELCH_LIMIT;
    return count == 3;
}

#endif
