#ifndef CK_RISTRETTO_GROUP_H
#define CK_RISTRETTO_GROUP_H

// The field and the group behind ristretto255, in plain C: RFC 9496; the formulas are those of Hisil, Wong, Carter and Dawson for
// twisted Edwards curves with a = -1, which are complete. No branch and no address depends on a number.

#include "ristretto_internal.h"

#if CK_RISTRETTO

typedef unsigned __int128 wide;

static const uint64_t LOW = ((uint64_t)1 << 51) - 1;
static const fe ONE = {{1, 0, 0, 0, 0}}, ZERO = {{0}};
static const fe EDWARDS_D = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
static const fe EDWARDS_2D = {{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
static const fe SQRT_M1 = {{0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};
static const fe INVSQRT_A_MINUS_D = {{0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};

/// The order of the group that the generator makes, least word first.
static const uint64_t GROUP_ORDER[4] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};

/// A word that the compiler knows nothing about, so that a choice made with it stays a mask.
CK_LANE_INLINE uint64_t opaque(uint64_t x) {
    __asm__("" : "+r"(x));
    return x;
}

// MARK: The field

CK_LANE_INLINE fe fe_carry(fe a) {
    for (int i = 0; i < 4; i++) {
        a.v[i + 1] += a.v[i] >> 51;
        a.v[i] &= LOW;
    }
    a.v[0] += 19 * (a.v[4] >> 51);
    a.v[4] &= LOW;
    return a;
}

CK_LANE_INLINE fe fe_add(fe a, fe b) {
    for (int i = 0; i < 5; i++) a.v[i] += b.v[i];
    return a;
}

/// a - b for limbs of b below 2^53 - 76: four times the modulus keeps every limb positive.
CK_LANE_INLINE fe fe_sub(fe a, fe b) {
    a.v[0] += 0x1fffffffffffb4 - b.v[0];
    for (int i = 1; i < 5; i++) a.v[i] += 0x1ffffffffffffc - b.v[i];
    return fe_carry(a);
}

CK_LANE_INLINE fe fe_reduce(wide r0, wide r1, wide r2, wide r3, wide r4) {
    fe r;
    r1 += (uint64_t)(r0 >> 51);
    r2 += (uint64_t)(r1 >> 51);
    r3 += (uint64_t)(r2 >> 51);
    r4 += (uint64_t)(r3 >> 51);
    r.v[0] = ((uint64_t)r0 & LOW) + 19 * (uint64_t)(r4 >> 51);
    r.v[1] = ((uint64_t)r1 & LOW) + (r.v[0] >> 51);
    r.v[0] &= LOW;
    r.v[2] = (uint64_t)r2 & LOW;
    r.v[3] = (uint64_t)r3 & LOW;
    r.v[4] = (uint64_t)r4 & LOW;
    return r;
}

/// The product of numbers whose limbs are below 2^54.
CK_LANE_INLINE fe fe_mul(fe a, fe b) {
    const uint64_t *x = a.v, *y = b.v;
    uint64_t y1 = 19 * y[1], y2 = 19 * y[2], y3 = 19 * y[3], y4 = 19 * y[4];
    return fe_reduce(
        (wide)x[0] * y[0] + (wide)x[1] * y4 + (wide)x[2] * y3 + (wide)x[3] * y2 + (wide)x[4] * y1,
        (wide)x[0] * y[1] + (wide)x[1] * y[0] + (wide)x[2] * y4 + (wide)x[3] * y3 + (wide)x[4] * y2,
        (wide)x[0] * y[2] + (wide)x[1] * y[1] + (wide)x[2] * y[0] + (wide)x[3] * y4 + (wide)x[4] * y3,
        (wide)x[0] * y[3] + (wide)x[1] * y[2] + (wide)x[2] * y[1] + (wide)x[3] * y[0] + (wide)x[4] * y4,
        (wide)x[0] * y[4] + (wide)x[1] * y[3] + (wide)x[2] * y[2] + (wide)x[3] * y[1] + (wide)x[4] * y[0]);
}

CK_LANE_INLINE fe fe_square(fe a) {
    const uint64_t *x = a.v;
    uint64_t x0 = 2 * x[0], x1 = 2 * x[1], x3 = 19 * x[3], x4 = 19 * x[4];
    return fe_reduce(
        (wide)x[0] * x[0] + (wide)x1 * x4 + (wide)(2 * x[2]) * x3,
        (wide)x0 * x[1] + (wide)(2 * x[2]) * x4 + (wide)x[3] * x3,
        (wide)x0 * x[2] + (wide)x[1] * x[1] + (wide)(2 * x[3]) * x4,
        (wide)x0 * x[3] + (wide)x1 * x[2] + (wide)x[4] * x4,
        (wide)x0 * x[4] + (wide)x1 * x[3] + (wide)x[2] * x[2]);
}

static inline fe fe_squares(fe a, int count) {
    for (int i = 0; i < count; i++) a = fe_square(a);
    return a;
}

/// a^((p - 5) / 8) = a^(2^252 - 3).
static inline fe fe_power(fe a) {
    fe a2 = fe_square(a), a9 = fe_mul(a, fe_squares(a2, 2)), a11 = fe_mul(a2, a9);
    fe e5 = fe_mul(a9, fe_square(a11));  // a^(2^5 - 1)
    fe e10 = fe_mul(fe_squares(e5, 5), e5);
    fe e20 = fe_mul(fe_squares(e10, 10), e10);
    fe e40 = fe_mul(fe_squares(e20, 20), e20);
    fe e50 = fe_mul(fe_squares(e40, 10), e10);
    fe e100 = fe_mul(fe_squares(e50, 50), e50);
    fe e200 = fe_mul(fe_squares(e100, 100), e100);
    fe e250 = fe_mul(fe_squares(e200, 50), e50);
    return fe_mul(fe_squares(e250, 2), a);
}

static inline fe fe_decode(const uint8_t *s) {
    uint64_t w[4];
    for (int i = 0; i < 4; i++) {
        memcpy(&w[i], s + 8 * i, 8);
        w[i] = ck_little64(w[i]);
    }
    fe r = {{w[0] & LOW, (w[0] >> 51 | w[1] << 13) & LOW, (w[1] >> 38 | w[2] << 26) & LOW,
             (w[2] >> 25 | w[3] << 39) & LOW, w[3] >> 12 & LOW}};
    return r;
}

/// The 32 bytes of the number below the modulus.
static inline void fe_encode(uint8_t *s, fe a) {
    a = fe_carry(fe_carry(a));
    // q is 1 exactly when a is the modulus or more.
    uint64_t q = (a.v[0] + 19) >> 51;
    for (int i = 1; i < 5; i++) q = (a.v[i] + q) >> 51;
    a.v[0] += 19 * q;
    for (int i = 0; i < 4; i++) {
        a.v[i + 1] += a.v[i] >> 51;
        a.v[i] &= LOW;
    }
    a.v[4] &= LOW;
    uint64_t w[4] = {a.v[0] | a.v[1] << 51, a.v[1] >> 13 | a.v[2] << 38, a.v[2] >> 26 | a.v[3] << 25,
                     a.v[3] >> 39 | a.v[4] << 12};
    for (int i = 0; i < 4; i++) {
        w[i] = ck_little64(w[i]);
        memcpy(s + 8 * i, &w[i], 8);
    }
}

/// All ones when a is zero, else 0.
static inline uint64_t fe_is_zero(fe a) {
    uint8_t s[32];
    uint64_t any = 0;
    fe_encode(s, a);
    for (int i = 0; i < 32; i++) any |= s[i];
    return opaque(0 - ((any - 1) >> 63));
}

/// All ones when the least bit is set, else 0.
static inline uint64_t fe_is_negative(fe a) {
    uint8_t s[32];
    fe_encode(s, a);
    return opaque(0 - (uint64_t)(s[0] & 1));
}

/// b where the choice is all ones, a where it is 0.
CK_LANE_INLINE fe fe_select(fe a, fe b, uint64_t choice) {
    for (int i = 0; i < 5; i++) a.v[i] ^= choice & (a.v[i] ^ b.v[i]);
    return a;
}

static inline fe fe_absolute(fe a) { return fe_select(a, fe_sub(ZERO, a), fe_is_negative(a)); }

/// 1 / sqrt(v), or of SQRT_M1 v where v is no square; all ones when it is one.
static inline uint64_t inverse_root(fe *root, fe v) {
    fe v3 = fe_mul(fe_square(v), v), v7 = fe_mul(fe_square(v3), v), r = fe_mul(v3, fe_power(v7));
    fe check = fe_mul(v, fe_square(r));
    uint64_t correct = fe_is_zero(fe_sub(check, ONE)), flipped = fe_is_zero(fe_add(check, ONE));
    uint64_t flipped_i = fe_is_zero(fe_add(check, SQRT_M1));
    r = fe_select(r, fe_mul(r, SQRT_M1), flipped | flipped_i);
    *root = fe_absolute(r);
    return correct | flipped;
}

// MARK: The group

CK_LANE_INLINE point completed(fe e, fe f, fe g, fe h) {
    point r = {fe_mul(e, f), fe_mul(g, h), fe_mul(f, g), fe_mul(e, h)};
    return r;
}

static inline point twice(point p) {
    fe a = fe_square(p.x), b = fe_square(p.y), c = fe_square(p.z), both = fe_add(a, b);
    fe e = fe_sub(fe_square(fe_add(p.x, p.y)), both), g = fe_sub(b, a), f = fe_sub(g, fe_add(c, c));
    return completed(e, f, g, fe_sub(ZERO, both));
}

CK_LANE_INLINE point sum(point p, cached q) {
    fe a = fe_mul(fe_sub(p.y, p.x), q.minus), b = fe_mul(fe_add(p.y, p.x), q.plus);
    fe c = fe_mul(p.t, q.t2d), d = fe_mul(p.z, q.z2);
    return completed(fe_sub(b, a), fe_sub(d, c), fe_add(d, c), fe_add(b, a));
}

static inline cached cache(point p) {
    cached r = {fe_carry(fe_add(p.y, p.x)), fe_sub(p.y, p.x), fe_mul(p.t, EDWARDS_2D), fe_carry(fe_add(p.z, p.z))};
    return r;
}

/// The point of an encoding, 0 when it is none.
static inline int decode(point *p, const uint8_t *s) {
    uint8_t again[32];
    fe x = fe_decode(s), square = fe_square(x), u1 = fe_sub(ONE, square), u2 = fe_add(ONE, square);
    fe_encode(again, x);
    if (memcmp(again, s, 32) != 0 || (s[0] & 1) != 0) return 0;
    fe u2_square = fe_square(u2), v = fe_sub(fe_sub(ZERO, fe_mul(EDWARDS_D, fe_square(u1))), u2_square), root;
    uint64_t is_square = inverse_root(&root, fe_mul(v, u2_square));
    fe den_x = fe_mul(root, u2), den_y = fe_mul(fe_mul(root, den_x), v);
    p->x = fe_absolute(fe_mul(fe_add(x, x), den_x));
    p->y = fe_mul(u1, den_y);
    p->z = ONE;
    p->t = fe_mul(p->x, p->y);
    return is_square != 0 && fe_is_negative(p->t) == 0 && fe_is_zero(p->y) == 0;
}

#endif

#endif
