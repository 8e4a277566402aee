#ifndef CMEMCHECK_H
#define CMEMCHECK_H

// What the checks tell memcheck and ask it, and a clock. Without valgrind's headers nothing is marked and
// `memcheck_running` is 0.

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>

static inline int memcheck_running(void) { return RUNNING_ON_VALGRIND != 0; }
static inline void memcheck_hide(const void *p, size_t bytes) { VALGRIND_MAKE_MEM_UNDEFINED(p, bytes); }
static inline void memcheck_show(const void *p, size_t bytes) { VALGRIND_MAKE_MEM_DEFINED(p, bytes); }
static inline size_t memcheck_findings(void) { return VALGRIND_COUNT_ERRORS; }
static inline void memcheck_say(const char *text) { VALGRIND_PRINTF("%s\n", text); }
/// Bytes that have a hidden bit.
static inline size_t memcheck_hidden(const unsigned char *p, size_t bytes) {
    size_t found = 0;
    for (size_t i = 0; i < bytes; i++) {
        unsigned char bits = 0;
        if (VALGRIND_GET_VBITS(p + i, &bits, 1) == 1) found += bits != 0;
    }
    return found;
}
#else
static inline size_t memcheck_hidden(const unsigned char *p, size_t bytes) { return (void)p, (void)bytes, 0; }
static inline int memcheck_running(void) { return 0; }
static inline void memcheck_hide(const void *p, size_t bytes) { (void)p, (void)bytes; }
static inline void memcheck_show(const void *p, size_t bytes) { (void)p, (void)bytes; }
static inline size_t memcheck_findings(void) { return 0; }
static inline void memcheck_say(const char *text) { (void)text; }
#endif

__attribute__((noreturn)) static inline void memcheck_exit(int code) { exit(code); }

/// Nanoseconds of a clock that nobody sets.
static inline uint64_t memcheck_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
