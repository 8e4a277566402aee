// Montgomery products of one number, 64-bit limbs, plain C; the limb loops can be replaced.

#include "mont_internal.h"

void ck_wipe(void *p, size_t bytes) {
    if (bytes == 0) return;
    memset(p, 0, bytes);
    __asm__ volatile("" : : "r"(p) : "memory");
}

static uint64_t plain_addmul_1(uint64_t *r, const uint64_t *a, size_t n, uint64_t b) {
    uint64_t carry = 0;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        ck_u128 s0 = (ck_u128)a[i] * b + r[i] + carry;
        ck_u128 s1 = (ck_u128)a[i + 1] * b + r[i + 1] + (uint64_t)(s0 >> 64);
        ck_u128 s2 = (ck_u128)a[i + 2] * b + r[i + 2] + (uint64_t)(s1 >> 64);
        ck_u128 s3 = (ck_u128)a[i + 3] * b + r[i + 3] + (uint64_t)(s2 >> 64);
        r[i] = (uint64_t)s0;
        r[i + 1] = (uint64_t)s1;
        r[i + 2] = (uint64_t)s2;
        r[i + 3] = (uint64_t)s3;
        carry = (uint64_t)(s3 >> 64);
    }
    for (; i < n; i++) {
        ck_u128 s = (ck_u128)a[i] * b + r[i] + carry;
        r[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return carry;
}

static void plain_mul(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    memset(r, 0, n * sizeof *r);
    for (size_t i = 0; i < n; i++) r[n + i] = plain_addmul_1(r + i, a, n, b[i]);
}

void ck_limbs_double_and_add_squares(uint64_t *r, const uint64_t *a, size_t n) {
    uint64_t high = 0, carry = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t x = r[2 * i], y = r[2 * i + 1];
        ck_u128 square = (ck_u128)a[i] * a[i];
        ck_u128 s = (ck_u128)((x << 1) | high) + (uint64_t)square + carry;
        r[2 * i] = (uint64_t)s;
        s = (ck_u128)((y << 1) | (x >> 63)) + (uint64_t)(square >> 64) + (uint64_t)(s >> 64);
        r[2 * i + 1] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
        high = y >> 63;
    }
}

static void plain_sqr(uint64_t *r, const uint64_t *a, size_t n, uint64_t *scratch) {
    (void)scratch;
    memset(r, 0, 2 * n * sizeof *r);
    for (size_t i = 0; i + 1 < n; i++) r[n + i] = plain_addmul_1(r + 2 * i + 1, a + i + 1, n - 1 - i, a[i]);
    ck_limbs_double_and_add_squares(r, a, n);
}

static const ck_limb_ops plain_ops = {plain_mul, plain_sqr, plain_addmul_1};

const ck_limb_ops *ck_limb_ops_plain(void) { return &plain_ops; }

/// r = a - b, the borrow returned.
static uint64_t limbs_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < n; i++) {
        ck_u128 s = (ck_u128)a[i] - b[i] - borrow;
        r[i] = (uint64_t)s;
        borrow = (uint64_t)(s >> 64) & 1;
    }
    return borrow;
}

uint64_t ck_limbs_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n) {
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        ck_u128 s = (ck_u128)a[i] + b[i] + carry;
        r[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return carry;
}

/// A mask that the compiler cannot trace back to a comparison.
CK_INLINE uint64_t hidden(uint64_t mask) {
    __asm__("" : "+r"(mask));
    return mask;
}

uint64_t ck_limbs_subtract_if_above(
    uint64_t *r, const uint64_t *a, uint64_t *top, const uint64_t *m, size_t n, uint64_t *u) {
    uint64_t less = *top - limbs_sub(u, a, m, n), keep = hidden((uint64_t)0 - (less >> 63));
    for (size_t i = 0; i < n; i++) r[i] = (a[i] & keep) | (u[i] & ~keep);
    *top = (*top & keep) | (less & ~keep);
    return ~keep & 1;
}

uint64_t ck_p_quotients(const ck_mont *m, uint64_t *t, uint64_t *carries) {
    size_t n = m->limbs;
    for (size_t i = 0; i < n; i++) {
        uint64_t q = t[i] * m->negative_inverse;
        carries[i] = m->ops.addmul_1(t + i, ck_modulus(m), n, q);
        t[i] = q;
    }
    return ck_limbs_add(t + n, t + n, carries, n);
}

/// r = t / R mod m for t below R m.
static void redc(const ck_mont *m, uint64_t *r, uint64_t *t, uint64_t *work) {
    uint64_t top = ck_p_quotients(m, t, work);
    ck_limbs_subtract_if_above(r, t + m->limbs, &top, ck_modulus(m), m->limbs, work);
}

/// Limbs from which a product is made by halves.
#define SPLIT_LIMBS 32

/// d = |a - b|; returns all ones when negative.
static uint64_t limbs_difference(uint64_t *d, const uint64_t *a, const uint64_t *b, size_t n) {
    uint64_t sign = hidden((uint64_t)0 - limbs_sub(d, a, b, n)), carry = sign & 1;
    for (size_t i = 0; i < n; i++) {
        ck_u128 s = (ck_u128)(d[i] ^ sign) + carry;
        d[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return sign;
}

/// t[half...] += low + high -+ z: the middle of a product by halves.
static void middle_add(uint64_t *t, uint64_t *z, uint64_t sign, size_t half, uint64_t *sum) {
    size_t n = 2 * half;
    // sum = low + high - z when sign is 0, + z when it is all ones; never negative.
    uint64_t top = ck_limbs_add(sum, t, t + n, n), carry = ~sign & 1;
    for (size_t i = 0; i < n; i++) {
        ck_u128 s = (ck_u128)sum[i] + (z[i] ^ ~sign) + carry;
        sum[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    top += carry - (~sign & 1);
    top += ck_limbs_add(t + half, t + half, sum, n);
    for (size_t i = half + n; i < 2 * n; i++) {
        ck_u128 s = (ck_u128)t[i] + top;
        t[i] = (uint64_t)s;
        top = (uint64_t)(s >> 64);
    }
}

void ck_p_wide_mul(
    const ck_limb_ops *ops, uint64_t *t, const uint64_t *a, const uint64_t *b, size_t n, uint64_t *scratch) {
    if (n < SPLIT_LIMBS || n % 2 != 0) {
        ops->mul(t, a, b, n);
        return;
    }
    size_t half = n / 2;
    uint64_t *z = scratch, *deeper = scratch + n;
    uint64_t sign = limbs_difference(t, a, a + half, half) ^ limbs_difference(t + half, b, b + half, half);
    ck_p_wide_mul(ops, z, t, t + half, half, deeper);
    ck_p_wide_mul(ops, t, a, b, half, deeper);
    ck_p_wide_mul(ops, t + n, a + half, b + half, half, deeper);
    middle_add(t, z, sign, half, deeper);
}

void ck_p_wide_sqr(const ck_limb_ops *ops, uint64_t *t, const uint64_t *a, size_t n, uint64_t *scratch) {
    if (n < 2 * SPLIT_LIMBS || n % 2 != 0) {
        ops->sqr(t, a, n, scratch);
        return;
    }
    size_t half = n / 2;
    uint64_t *z = scratch, *deeper = scratch + n;
    limbs_difference(t, a, a + half, half);
    ck_p_wide_sqr(ops, z, t, half, deeper);
    ck_p_wide_sqr(ops, t, a, half, deeper);
    ck_p_wide_sqr(ops, t + n, a + half, half, deeper);
    middle_add(t, z, 0, half, deeper);
}

void ck_p_mul(const ck_mont *m, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *scratch) {
    size_t n = m->limbs;
    ck_p_wide_mul(&m->ops, scratch, a, b, n, scratch + 2 * n);
    redc(m, r, scratch, scratch + 2 * n);
}

void ck_p_sqr(const ck_mont *m, uint64_t *r, const uint64_t *a, uint64_t *scratch) {
    size_t n = m->limbs;
    ck_p_wide_sqr(&m->ops, scratch, a, n, scratch + 2 * n);
    redc(m, r, scratch, scratch + 2 * n);
}

void ck_p_double(const ck_mont *m, uint64_t *r, const uint64_t *a) {
    uint64_t top = 0, u[CK_MAX_LIMBS];
    for (size_t i = 0; i < m->limbs; i++) {
        uint64_t x = a[i];
        r[i] = (x << 1) | top;
        top = x >> 63;
    }
    ck_limbs_subtract_if_above(r, r, &top, ck_modulus(m), m->limbs, u);
    ck_wipe(u, m->limbs * sizeof *u);
}

void ck_p_power_of_two(const ck_mont *m, uint64_t *r, uint64_t e, uint64_t *scratch) {
    memcpy(r, ck_r1(m), m->limbs * sizeof *r);
    for (int bit = 63; bit >= 0; bit--) {
        ck_p_sqr(m, r, r, scratch);
        if ((e >> bit) & 1) ck_p_double(m, r, r);
    }
}
