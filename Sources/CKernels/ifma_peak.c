// The multiply-add ceiling of this processor.

#include "mont_internal.h"

#include <time.h>

#if CK_X86
static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#define ROUNDS 100000

CK_IFMA static uint64_t multiply_adds(void) {
    ck_v sum[16], x = _mm512_set1_epi64(0x123456789abcd), y = _mm512_set1_epi64(0xfedcba987654);
    for (int i = 0; i < 16; i++) sum[i] = _mm512_set1_epi64(i);
    for (int round = 0; round < ROUNDS; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i += 2) {
            sum[i] = _mm512_madd52lo_epu64(sum[i], x, y);
            sum[i + 1] = _mm512_madd52hi_epu64(sum[i + 1], x, y);
        }
        // Keeps the rounds from being merged.
        __asm__ volatile("" : "+v"(x), "+v"(y));
    }
    for (int i = 1; i < 16; i++) sum[0] = _mm512_add_epi64(sum[0], sum[i]);
    return (uint64_t)_mm512_reduce_add_epi64(sum[0]);
}
#endif

double ck_ifma_peak(unsigned milliseconds) {
#if CK_X86
    if (!ck_has_ifma()) return 0;
    volatile uint64_t kept = multiply_adds();
    double from = cpu_seconds(), spent, made = 0;
    do {
        kept ^= multiply_adds();
        made += 16.0 * ROUNDS;
        spent = cpu_seconds() - from;
    } while (spent < 1e-3 * milliseconds);
    (void)kept;
    return made / spent * 1e-9;
#else
    (void)milliseconds;
    return 0;
#endif
}
