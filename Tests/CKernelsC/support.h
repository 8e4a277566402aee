#ifndef CK_TEST_SUPPORT_H
#define CK_TEST_SUPPORT_H

// Deterministic random numbers with edge cases, and the oracle's conversions.

#include "CKernels.h"

#include <gmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static inline uint64_t random_word(void) {
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline void *aligned(size_t bytes) {
    void *p = aligned_alloc(64, (bytes + 127) & ~(size_t)63);
    if (p == NULL) exit(3);
    memset(p, 0xa5, (bytes + 127) & ~(size_t)63);
    return p;
}

static inline void random_limbs(uint64_t *r, size_t n) {
    for (size_t i = 0; i < n; i++) r[i] = random_word();
}

/// An odd modulus of exactly `bits` bits; some are all ones, some barely reach their length, some are sparse.
static inline void random_modulus(uint64_t *r, size_t bits, unsigned style) {
    size_t n = (bits + 63) / 64, top = (bits - 1) % 64;
    uint64_t mask = top == 63 ? ~(uint64_t)0 : ((uint64_t)2 << top) - 1;
    random_limbs(r, n);
    if (style == 1) memset(r, 0xff, n * 8);
    if (style == 2) memset(r, 0, n * 8);
    if (style == 3) { memset(r, 0xff, n * 8); r[n / 2] = random_word(); }
    r[n - 1] = (r[n - 1] & mask) | (uint64_t)1 << top;
    r[0] |= 1;
}

/// A number of n limbs: random, or an edge: 0, 1, m - 1, m, m + 1, all ones, sparse, long runs of ones.
static inline void random_number(uint64_t *r, size_t n, const uint64_t *m) {
    random_limbs(r, n);
    switch (random_word() % 16) {
    case 0: memset(r, 0, n * 8); break;
    case 1: memset(r, 0, n * 8); r[0] = 1; break;
    case 2: memcpy(r, m, n * 8); r[0] -= 1; break;
    case 3: memcpy(r, m, n * 8); break;
    case 4: memcpy(r, m, n * 8); r[0] += 1; break;
    case 5: memset(r, 0xff, n * 8); break;
    case 6: memset(r, 0, n * 8); r[random_word() % n] = (uint64_t)1 << random_word() % 64; break;
    case 7: memset(r, 0xff, n * 8); r[random_word() % n] = random_word(); break;
    case 8: for (size_t i = n / 2; i < n; i++) r[i] = 0; break;
    case 9: for (size_t i = 0; i < n / 2; i++) r[i] = 0; break;
    default: break;
    }
}

static inline void to_mpz(mpz_t z, const uint64_t *a, size_t n) { mpz_import(z, n, -1, 8, 0, 0, a); }

static inline void from_mpz(uint64_t *r, size_t n, const mpz_t z) {
    memset(r, 0, n * 8);
    mpz_export(r, NULL, -1, 8, 0, 0, z);
}

static inline void reduce(uint64_t *r, const uint64_t *a, size_t n, const uint64_t *m) {
    mpz_t x, y;
    mpz_inits(x, y, NULL);
    to_mpz(x, a, n);
    to_mpz(y, m, n);
    mpz_mod(x, x, y);
    from_mpz(r, n, x);
    mpz_clears(x, y, NULL);
}

static inline double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// The limb operations of GMP that take the same time for all values.
static inline void gmp_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    mpn_sec_mul(r, a, (mp_size_t)n, b, (mp_size_t)n, NULL);
}
static inline void gmp_sqr(uint64_t *r, const uint64_t *a, size_t n, uint64_t *scratch) {
    mpn_sec_sqr(r, a, (mp_size_t)n, scratch);
}
static inline uint64_t gmp_addmul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t b) {
    return mpn_addmul_1(r, a, (mp_size_t)n, b);
}
static const ck_limb_ops gmp_ops = {gmp_mul, gmp_sqr, gmp_addmul_1};

#endif
