#ifndef SECAGG_CGMP_SHIM_H
#define SECAGG_CGMP_SHIM_H

// GMP names its functions by macros, which Swift does not see: each gets a function here. Limbs are 64 bits wide, least
// significant first; sizes count limbs. The functions with `sec` take time that depends on sizes alone and keep
// everything in memory that the caller gives; the mpz functions do neither and are for public numbers only.

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>
#ifdef SECAGG_MEMCHECK
#include <valgrind/memcheck.h>
#endif

#if GMP_NUMB_BITS != 64
#error "limbs of 64 bits are needed"
#endif

// MARK: Publication

/// Marks memory that depends on secrets as public from here on, for the check under memcheck (SECAGG_MEMCHECK); nothing
/// elsewhere.
static inline void secagg_publish(const void *p, size_t bytes) {
#ifdef SECAGG_MEMCHECK
    VALGRIND_MAKE_MEM_DEFINED(p, bytes);
#else
    (void)p;
    (void)bytes;
#endif
}

/// The same for one number, which is returned.
static inline uint64_t secagg_published(uint64_t value) {
    secagg_publish(&value, sizeof value);
    return value;
}

/// A carry out of the result r: as secret as the result's top limb. memcheck loses sight of carries where the library
/// keeps them in a flag across a loop's counter.
static inline uint64_t secagg_carry(uint64_t carry, const uint64_t *r, size_t n) {
#ifdef SECAGG_MEMCHECK
    uint64_t hidden = 0;
    if (VALGRIND_GET_VBITS(r + n - 1, &hidden, sizeof hidden) == 1 && hidden != 0)
        VALGRIND_MAKE_MEM_UNDEFINED(&carry, sizeof carry);
#else
    (void)r;
    (void)n;
#endif
    return carry;
}

// MARK: Limbs, time independent of values

/// r[0..2n) = a * b; r overlaps neither.
static inline void secagg_mpn_sec_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n, uint64_t *scratch) {
    mpn_sec_mul((mp_ptr)r, (mp_srcptr)a, (mp_size_t)n, (mp_srcptr)b, (mp_size_t)n, (mp_ptr)scratch);
}

/// Limbs of scratch of secagg_mpn_sec_mul.
static inline size_t secagg_mpn_sec_mul_itch(size_t n) {
    return (size_t)mpn_sec_mul_itch((mp_size_t)n, (mp_size_t)n);
}

/// r += a * b; returns the carry limb.
static inline uint64_t secagg_mpn_addmul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t b) {
    return mpn_addmul_1((mp_ptr)r, (mp_srcptr)a, (mp_size_t)n, b);
}

/// r = a + b; returns the carry.
static inline uint64_t secagg_mpn_add_n(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    return secagg_carry(mpn_add_n((mp_ptr)r, (mp_srcptr)a, (mp_srcptr)b, (mp_size_t)n), r, n);
}

/// r = a - b; returns the borrow.
static inline uint64_t secagg_mpn_sub_n(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    return secagg_carry(mpn_sub_n((mp_ptr)r, (mp_srcptr)a, (mp_srcptr)b, (mp_size_t)n), r, n);
}

/// r = a + b when condition is not 0, else a; returns the carry.
static inline uint64_t secagg_mpn_cnd_add_n(
    uint64_t condition, uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    return secagg_carry(mpn_cnd_add_n(condition, (mp_ptr)r, (mp_srcptr)a, (mp_srcptr)b, (mp_size_t)n), r, n);
}

/// r = 1/a mod m (odd), `bits` at least the sum of both lengths; a is destroyed; 0 when there is no inverse.
static inline int secagg_mpn_sec_invert(
    uint64_t *r, uint64_t *a, const uint64_t *m, size_t n, size_t bits, uint64_t *scratch) {
    return mpn_sec_invert((mp_ptr)r, (mp_ptr)a, (mp_srcptr)m, (mp_size_t)n, (mp_bitcnt_t)bits, (mp_ptr)scratch);
}

static inline size_t secagg_mpn_sec_invert_itch(size_t n) { return (size_t)mpn_sec_invert_itch((mp_size_t)n); }

// MARK: Integers, public numbers only

static inline void secagg_mpz_init(mpz_ptr z) { mpz_init(z); }
static inline void secagg_mpz_clear(mpz_ptr z) { mpz_clear(z); }
/// r = the number of `n` limbs at `limbs`.
static inline void secagg_mpz_import(mpz_ptr r, const uint64_t *limbs, size_t n) {
    mpz_import(r, n, -1, sizeof(uint64_t), 0, 0, limbs);
}

/// Writes |a| to exactly n limbs; 0 when it does not fit.
static inline int secagg_mpz_export(uint64_t *limbs, size_t n, mpz_srcptr a) {
    if (mpz_size(a) > n) return 0;
    for (size_t i = 0; i < n; i++) limbs[i] = mpz_getlimbn(a, (mp_size_t)i);
    return 1;
}

static inline size_t secagg_mpz_bit_length(mpz_srcptr a) { return mpz_sgn(a) == 0 ? 0 : mpz_sizeinbase(a, 2); }
static inline int secagg_mpz_sgn(mpz_srcptr a) { return mpz_sgn(a); }
static inline int secagg_mpz_cmp(mpz_srcptr a, mpz_srcptr b) { return mpz_cmp(a, b); }
static inline int secagg_mpz_is_odd(mpz_srcptr a) { return mpz_odd_p(a) != 0; }
static inline void secagg_mpz_add(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { mpz_add(r, a, b); }
static inline void secagg_mpz_sub(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { mpz_sub(r, a, b); }
static inline void secagg_mpz_neg(mpz_ptr r, mpz_srcptr a) { mpz_neg(r, a); }
static inline void secagg_mpz_mul(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { mpz_mul(r, a, b); }
/// Quotient and remainder round down: the remainder has the sign of d.
static inline void secagg_mpz_fdiv_q(mpz_ptr q, mpz_srcptr a, mpz_srcptr d) { mpz_fdiv_q(q, a, d); }
/// 0 <= r < |d|.
static inline void secagg_mpz_mod(mpz_ptr r, mpz_srcptr a, mpz_srcptr d) { mpz_mod(r, a, d); }
static inline void secagg_mpz_powm(mpz_ptr r, mpz_srcptr base, mpz_srcptr exponent, mpz_srcptr modulus) {
    mpz_powm(r, base, exponent, modulus);
}
/// 0 when there is no inverse.
static inline int secagg_mpz_invert(mpz_ptr r, mpz_srcptr a, mpz_srcptr m) { return mpz_invert(r, a, m); }
static inline void secagg_mpz_gcd(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { mpz_gcd(r, a, b); }
/// g = gcd(a, b) = s a + t b.
static inline void secagg_mpz_gcdext(mpz_ptr g, mpz_ptr s, mpz_ptr t, mpz_srcptr a, mpz_srcptr b) {
    mpz_gcdext(g, s, t, a, b);
}
static inline int secagg_mpz_jacobi(mpz_srcptr a, mpz_srcptr b) { return mpz_jacobi(a, b); }
/// 2 prime, 1 probably prime, 0 composite.
static inline int secagg_mpz_probab_prime(mpz_srcptr a, int rounds) { return mpz_probab_prime_p(a, rounds); }
static inline int secagg_mpz_is_perfect_power(mpz_srcptr a) { return mpz_perfect_power_p(a) != 0; }
#endif
