// Eight products of one ristretto255 element at once, a scalar in each 64-bit lane: the additions of ristretto_multiples.c with
// multiply-adds of 52 bits on digits of 51. A look-up is a permutation of a register, so that no address depends on a scalar.

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

int ck_ristretto_has_eight(int path) { return ck_lanes_path(path) == CK_LANES_AVX512 && __builtin_cpu_supports("avx512ifma"); }

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

CK_EIGHT CK_LANE_INLINE fe8 add8(fe8 a, fe8 b) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) a.v[i] = _mm512_add_epi64(a.v[i], b.v[i]);
    return carry8(a);
}

/// a - b: four times the modulus keeps every limb positive.
CK_EIGHT CK_LANE_INLINE fe8 sub8(fe8 a, fe8 b) {
    const lanes first = _mm512_set1_epi64(0x1fffffffffffb4), other = _mm512_set1_epi64(0x1ffffffffffffc);
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++)
        a.v[i] = _mm512_add_epi64(a.v[i], _mm512_sub_epi64(i == 0 ? first : other, b.v[i]));
    return carry8(a);
}

/// The product. The low halves of the limbs' products are below 5 2^52 a column, the high ones, worth twice a limb of the next
/// column, below 10 2^52; with nineteen times the upper columns a limb stays below 300 2^52.
CK_EIGHT CK_LANE_INLINE fe8 mul8(fe8 a, fe8 b) {
    lanes lo[9], hi[9], column[10];
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

CK_EIGHT CK_LANE_INLINE point8 completed8(fe8 e, fe8 f, fe8 g, fe8 h) {
    point8 r = {mul8(e, f), mul8(g, h), mul8(f, g), mul8(e, h)};
    return r;
}

CK_EIGHT static point8 twice8(point8 p) {
    const fe8 zero = {{_mm512_setzero_si512()}};
    fe8 a = mul8(p.x, p.x), b = mul8(p.y, p.y), c = mul8(p.z, p.z), both = add8(a, b), root = add8(p.x, p.y);
    fe8 e = sub8(mul8(root, root), both), g = sub8(b, a), f = sub8(g, add8(c, c));
    return completed8(e, f, g, sub8(zero, both));
}

CK_EIGHT CK_LANE_INLINE point8 sum8(point8 p, cached8 q) {
    fe8 a = mul8(sub8(p.y, p.x), q.minus), b = mul8(add8(p.y, p.x), q.plus);
    fe8 c = mul8(p.t, q.t2d), d = mul8(p.z, q.z2);
    return completed8(sub8(b, a), sub8(d, c), add8(d, c), add8(b, a));
}

/// b where the choice is set, a elsewhere.
CK_EIGHT CK_LANE_INLINE fe8 select8(fe8 a, fe8 b, __mmask8 choice) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++) a.v[i] = _mm512_mask_blend_epi64(choice, a.v[i], b.v[i]);
    return a;
}

/// Five limbs of the entries that the lanes choose; `first` in the first limb where they choose none.
CK_EIGHT CK_LANE_INLINE fe8 limbs8(const uint64_t (*limbs)[ENTRIES], lanes place, __mmask8 some, long long first) {
    fe8 r;
#pragma clang loop unroll(full)
    for (int i = 0; i < 5; i++)
        r.v[i] = _mm512_mask_permutexvar_epi64(
            _mm512_set1_epi64(i == 0 ? first : 0), some, place, _mm512_loadu_si512(limbs[i]));
    return r;
}

/// Each lane's multiple: an entry, its negative, or nothing.
CK_EIGHT CK_LANE_INLINE cached8 entry8(const uint64_t (*limbs)[ENTRIES], const int8_t *digits) {
    const fe8 zero = {{_mm512_setzero_si512()}};
    const lanes digit = _mm512_cvtepi8_epi64(_mm_loadl_epi64((const __m128i *)digits)), size = _mm512_abs_epi64(digit);
    const __mmask8 negative = _mm512_movepi64_mask(digit), some = _mm512_test_epi64_mask(digit, digit);
    const lanes place = _mm512_sub_epi64(size, _mm512_set1_epi64(1));
    const fe8 plus = limbs8(limbs, place, some, 1), minus = limbs8(limbs + 5, place, some, 1);
    const fe8 t2d = limbs8(limbs + 10, place, some, 0);
    cached8 r = {select8(plus, minus, negative), select8(minus, plus, negative), select8(t2d, sub8(zero, t2d), negative),
                 limbs8(limbs + 15, place, some, 2)};
    return r;
}

CK_EIGHT void ck_ristretto_eight(uint64_t out[POINT_LIMBS][8], const table_of_eight *table, const int8_t digits[DIGITS][8]) {
    const lanes zero = _mm512_setzero_si512(), unit = _mm512_set1_epi64(1);
    point8 p = {{{zero, zero, zero, zero, zero}}, {{unit, zero, zero, zero, zero}}, {{unit, zero, zero, zero, zero}},
                {{zero, zero, zero, zero, zero}}};
    for (int i = 1; i < DIGITS; i += 2) p = sum8(p, entry8(table->limbs[i / 2], digits[i]));
    for (int i = 0; i < 4; i++) p = twice8(p);
    for (int i = 0; i < DIGITS; i += 2) p = sum8(p, entry8(table->limbs[i / 2], digits[i]));
    memcpy(out, &p, sizeof p);
}

#endif
