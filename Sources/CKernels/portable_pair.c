// Residues modulo n^2 as pairs of numbers of half the length, one at a time; see ifma_pair.c. Both halves are below n.

#include "mont_internal.h"

/// r = (top, t) / R mod n, which may be the high half of t, and the quotients in the low half. Returns how often n went
/// off the result (0...2), which the other half of a pair has to make good.
static uint64_t reduce(const ck_mont *n, uint64_t *r, uint64_t *t, uint64_t top, uint64_t *work) {
    size_t h = n->limbs;
    top += ck_p_quotients(n, t, work);
    uint64_t times = ck_limbs_subtract_if_above(r, t + h, &top, ck_modulus(n), h, work);
    return times + ck_limbs_subtract_if_above(r, r, &top, ck_modulus(n), h, work);
}

/// v = ((top, t) - q) / R mod n + times.
static void reduce_less(
    const ck_mont *n, uint64_t *v, uint64_t *t, uint64_t top, const uint64_t *q, uint64_t times, uint64_t *work) {
    size_t h = n->limbs;
    uint64_t borrow = 0;
    for (size_t i = 0; i < 2 * h; i++) {
        ck_u128 s = (ck_u128)t[i] - (i < h ? q[i] : 0) - borrow;
        t[i] = (uint64_t)s;
        borrow = (uint64_t)(s >> 64) & 1;
    }
    top -= borrow;
    top += ck_p_quotients(n, t, work);
    for (size_t i = h; i < 2 * h; i++) {
        ck_u128 s = (ck_u128)t[i] + times;
        t[i] = (uint64_t)s;
        times = (uint64_t)(s >> 64);
    }
    top += times;
    ck_limbs_subtract_if_above(v, t + h, &top, ck_modulus(n), h, work);
    ck_limbs_subtract_if_above(v, v, &top, ck_modulus(n), h, work);
}

void ck_q_mul(const ck_mont *m, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *scratch) {
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_p_mul(m, r, a, b, scratch);
        return;
    }
    size_t h = n->limbs;
    uint64_t *t = scratch, *x = t + 2 * h, *y = x + 2 * h, *work = y + 2 * h, *s = t + h;
    ck_p_wide_mul(&n->ops, t, a, b, h, work);
    ck_p_wide_mul(&n->ops, x, a, b + h, h, work);
    ck_p_wide_mul(&n->ops, y, a + h, b, h, work);
    uint64_t times = reduce(n, s, t, 0, work), top = ck_limbs_add(x, x, y, 2 * h);
    reduce_less(n, r + h, x, top, t, times, work);
    memcpy(r, s, h * sizeof *r);
}

void ck_q_sqr(const ck_mont *m, uint64_t *r, const uint64_t *a, uint64_t *scratch) {
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_p_sqr(m, r, a, scratch);
        return;
    }
    size_t h = n->limbs;
    uint64_t *t = scratch, *x = t + 2 * h, *work = x + 2 * h, *s = t + h;
    ck_p_wide_sqr(&n->ops, t, a, h, work);
    ck_p_wide_mul(&n->ops, x, a, a + h, h, work);
    uint64_t times = reduce(n, s, t, 0, work), top = ck_limbs_add(x, x, x, 2 * h);
    reduce_less(n, r + h, x, top, t, times, work);
    memcpy(r, s, h * sizeof *r);
}

/// x / R as a pair.
static void split(const ck_mont *n, uint64_t *r, const uint64_t *x, uint64_t *scratch) {
    size_t h = n->limbs;
    uint64_t *t = scratch, *zero = t + 2 * h, *work = zero + 2 * h;
    memcpy(t, x, 2 * h * sizeof *t);
    memset(zero, 0, 2 * h * sizeof *zero);
    uint64_t times = reduce(n, r, t, 0, work);
    reduce_less(n, r + h, zero, 0, t, times, work);
}

void ck_q_enter(const ck_mont *m, uint64_t *r, const uint64_t *x, uint64_t *scratch) {
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_p_mul(m, r, x, ck_r2(m), scratch);
        return;
    }
    split(n, r, x, scratch);
    ck_q_mul(m, r, r, ck_pair_words(m, CK_PAIR_ENTER), scratch);
}

void ck_q_leave(const ck_mont *m, uint64_t *x, const uint64_t *a, uint64_t *scratch) {
    static const uint64_t one[CK_MAX_LIMBS] = {1};
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_p_mul(m, x, a, one, scratch);
        return;
    }
    size_t h = n->limbs;
    uint64_t *pair = scratch, *rest = pair + 2 * h, carry = 0;
    ck_q_mul(m, pair, a, one, rest);
    ck_p_wide_mul(&n->ops, x, pair + h, ck_modulus(n), h, rest);
    for (size_t i = 0; i < 2 * h; i++) {
        ck_u128 s = (ck_u128)x[i] + (i < h ? pair[i] : 0) + carry;
        x[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
}

const uint64_t *ck_q_one(const ck_mont *m) {
    return ck_root(m) == NULL ? ck_r1(m) : ck_pair_words(m, CK_PAIR_ONE);
}

void ck_q_to_vectors(const ck_mont *m, uint64_t *r, const uint64_t *a, uint64_t *scratch) {
    ck_q_mul(m, r, a, ck_pair_words(m, CK_PAIR_VECTOR), scratch);
}

/// The pair of 2^e.
static void pair_of_power(const ck_mont *m, uint64_t *r, uint64_t e, uint64_t *scratch) {
    static const uint64_t one[CK_MAX_LIMBS] = {1};
    uint64_t *x = scratch, *rest = x + m->limbs;
    ck_p_power_of_two(m, x, e + 32 * m->limbs, rest);
    ck_p_mul(m, x, x, one, rest);
    split(ck_root(m), r, x, rest);
}

void ck_pair_init(ck_mont *m) {
    const ck_mont *n = ck_root(m);
    uint64_t scratch[CK_P_SCRATCH(CK_MAX_LIMBS) + CK_MAX_LIMBS], pair[CK_MAX_LIMBS];
    uint64_t bits = 32 * (uint64_t)m->limbs, wide = CK_DIGIT_BITS * (uint64_t)n->digits;
    pair_of_power(m, (uint64_t *)ck_pair_words(m, CK_PAIR_ONE), bits, scratch);
    pair_of_power(m, (uint64_t *)ck_pair_words(m, CK_PAIR_ENTER), 3 * bits, scratch);
    pair_of_power(m, (uint64_t *)ck_pair_words(m, CK_PAIR_VECTOR), wide, scratch);
    for (int k = 0; k < 2; k++) {
        uint64_t *to = (uint64_t *)ck_pair_words(m, k == 0 ? CK_PAIR_ONE52 : CK_PAIR_ENTER52);
        pair_of_power(m, pair, k == 0 ? wide : 3 * wide, scratch);
        ck_to_digits(to, n->digits, pair, n->limbs);
        ck_to_digits(to + n->digits, n->digits, pair + n->limbs, n->limbs);
    }
    ck_wipe(scratch, sizeof scratch);
    ck_wipe(pair, sizeof pair);
}
