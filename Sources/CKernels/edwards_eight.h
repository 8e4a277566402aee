#ifndef CK_EDWARDS_EIGHT_H
#define CK_EDWARDS_EIGHT_H

// The curve behind Ed25519 and ristretto255 for eight points at once, one in each 64-bit lane, with multiply-adds of 52 bits on
// digits of 51. The formulas are those of Hisil, Wong, Carter and Dawson for twisted Edwards curves with a = -1, which are complete.

#include "ristretto_internal.h"

#if CK_RISTRETTO_EIGHT

#define CK_EIGHT __attribute__((target("avx512f,avx512ifma,avx512vl,avx512bw,avx512dq")))

typedef __m512i lanes;

/// Numbers modulo 2^255 - 19, radix 2^51. Every limb between operations is below 2^51 + 2^14, which fits the multiplier's 52 bits.
typedef struct {
    lanes v[5];
} fe8;

typedef struct {
    fe8 x, y, z, t;
} point8;

typedef struct {
    fe8 plus, minus, t2d, z2;
} cached8;

/// Every limb's carry goes into the next limb, all at once: from limbs below 300 2^52 to limbs below 2^51 + 2^14.
CK_EIGHT CK_LANE_INLINE fe8 carry8(fe8 a) {
    const lanes low = _mm512_set1_epi64(((long long)1 << 51) - 1), nineteen = _mm512_set1_epi64(19);
    fe8 r;
    r.v[0] = _mm512_madd52lo_epu64(_mm512_and_si512(a.v[0], low), _mm512_srli_epi64(a.v[4], 51), nineteen);
#pragma clang loop unroll(full)
    for (int i = 1; i < 5; i++)
        r.v[i] = _mm512_add_epi64(_mm512_and_si512(a.v[i], low), _mm512_srli_epi64(a.v[i - 1], 51));
    return r;
}


/// a + b without carries: limbs below 2^52 + 2^15, for another addition or a subtraction.
CK_EIGHT CK_LANE_INLINE fe8 loose8(fe8 a, fe8 b) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) a.v[i] = _mm512_add_epi64(a.v[i], b.v[i]);
    return a;
}

CK_EIGHT CK_LANE_INLINE fe8 add8(fe8 a, fe8 b) { return carry8(loose8(a, b)); }

/// a - b for limbs of b below 2^53 - 76: four times the modulus keeps every limb positive.
CK_EIGHT CK_LANE_INLINE fe8 sub8(fe8 a, fe8 b) {
    const lanes first = _mm512_set1_epi64(0x1fffffffffffb4), other = _mm512_set1_epi64(0x1ffffffffffffc);
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++)
        a.v[i] = _mm512_add_epi64(a.v[i], _mm512_sub_epi64(i == 0 ? first : other, b.v[i]));
    return carry8(a);
}

/// The number of which lo[i] are the low and hi[i] the high halves of the limbs' products with indices that add up to i. The low
/// ones are below 5 2^52 a column, the high ones, worth twice a limb of the next column, below 10 2^52; with nineteen times the
/// upper columns a limb stays below 300 2^52.
CK_EIGHT CK_LANE_INLINE fe8 folded8(const lanes lo[9], const lanes hi[9]) {
    lanes column[10];
    column[0] = lo[0];
    column[9] = _mm512_add_epi64(hi[8], hi[8]);
#pragma clang loop unroll(full)
    for (int i = 1; i < 9; i++) column[i] = _mm512_add_epi64(lo[i], _mm512_add_epi64(hi[i - 1], hi[i - 1]));
    fe8 r;
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) {
        lanes upper = column[i + 5], three = _mm512_add_epi64(upper, _mm512_add_epi64(upper, upper));
        r.v[i] = _mm512_add_epi64(_mm512_add_epi64(column[i], three), _mm512_slli_epi64(upper, 4));
    }
    return carry8(r);
}

/// The product.
CK_EIGHT CK_LANE_INLINE fe8 mul8(fe8 a, fe8 b) {
    lanes lo[9], hi[9];
#pragma clang loop unroll(full)
    for (int i = 0; i < 9; i++) lo[i] = hi[i] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < 5; j++) {
            lo[i + j] = _mm512_madd52lo_epu64(lo[i + j], a.v[i], b.v[j]);
            hi[i + j] = _mm512_madd52hi_epu64(hi[i + j], a.v[i], b.v[j]);
        }
    }
    return folded8(lo, hi);
}

/// The square: products of different limbs are added up once and doubled.
CK_EIGHT CK_LANE_INLINE fe8 square8(fe8 a) {
    lanes lo[9], hi[9];
#pragma clang loop unroll(full)
    for (int i = 0; i < 9; i++) lo[i] = hi[i] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) {
#pragma clang loop unroll(full)
        for (int j = i + 1; j < 5; j++) {
            lo[i + j] = _mm512_madd52lo_epu64(lo[i + j], a.v[i], a.v[j]);
            hi[i + j] = _mm512_madd52hi_epu64(hi[i + j], a.v[i], a.v[j]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 1; i < 8; i++) {
        lo[i] = _mm512_add_epi64(lo[i], lo[i]);
        hi[i] = _mm512_add_epi64(hi[i], hi[i]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) {
        lo[2 * i] = _mm512_madd52lo_epu64(lo[2 * i], a.v[i], a.v[i]);
        hi[2 * i] = _mm512_madd52hi_epu64(hi[2 * i], a.v[i], a.v[i]);
    }
    return folded8(lo, hi);
}

CK_EIGHT CK_LANE_INLINE point8 completed8(fe8 e, fe8 f, fe8 g, fe8 h) {
    point8 r = {mul8(e, f), mul8(g, h), mul8(f, g), mul8(e, h)};
    return r;
}

/// Twice a point, without the product T where nothing but another doubling follows.
CK_EIGHT CK_LANE_INLINE point8 doubled8(point8 p, int with_t) {
    const fe8 zero = {{_mm512_setzero_si512()}};
    fe8 a = square8(p.x), b = square8(p.y), c = square8(p.z), both = loose8(a, b);
    fe8 e = sub8(square8(add8(p.x, p.y)), both), g = sub8(b, a), f = sub8(g, loose8(c, c));
    const fe8 h = sub8(zero, both);
    point8 r = {mul8(e, f), mul8(g, h), mul8(f, g), zero};
    if (with_t) r.t = mul8(e, h);
    return r;
}

CK_EIGHT static point8 twice8(point8 p) { return doubled8(p, 1); }

CK_EIGHT CK_LANE_INLINE point8 sum8(point8 p, cached8 q) {
    fe8 a = mul8(sub8(p.y, p.x), q.minus), b = mul8(add8(p.y, p.x), q.plus);
    fe8 c = mul8(p.t, q.t2d), d = mul8(p.z, q.z2);
    return completed8(sub8(b, a), sub8(d, c), add8(d, c), add8(b, a));
}

CK_EIGHT CK_LANE_INLINE point8 identity8(void) {
    const lanes zero = _mm512_setzero_si512(), unit = _mm512_set1_epi64(1);
    point8 r = {{{zero, zero, zero, zero, zero}}, {{unit, zero, zero, zero, zero}}, {{unit, zero, zero, zero, zero}},
                {{zero, zero, zero, zero, zero}}};
    return r;
}

/// b where the choice is set, a elsewhere.
CK_EIGHT CK_LANE_INLINE fe8 select8(fe8 a, fe8 b, __mmask8 choice) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) a.v[i] = _mm512_mask_blend_epi64(choice, a.v[i], b.v[i]);
    return a;
}

/// The negative where it is chosen: Y + X and Y - X change places, 2 d T its sign.
CK_EIGHT CK_LANE_INLINE cached8 signed8(cached8 q, __mmask8 negative) {
    const fe8 zero = {{_mm512_setzero_si512()}};
    cached8 r = {select8(q.plus, q.minus, negative), select8(q.minus, q.plus, negative),
                 select8(q.t2d, sub8(zero, q.t2d), negative), q.z2};
    return r;
}

#endif

#endif
