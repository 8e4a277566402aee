#ifndef CK_TEST_WELCH_H
#define CK_TEST_WELCH_H

// Welch's t between the times of two classes.

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

#endif
