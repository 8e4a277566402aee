// Eight products of one ristretto255 element at once, a scalar in each 64-bit lane: the additions of ristretto_multiples.c. A
// look-up is a permutation of a register, so that no address depends on a scalar.

#include "edwards_eight.h"

#if CK_RISTRETTO_EIGHT

int ck_ristretto_has_eight(int path) { return ck_lanes_path(path) == CK_LANES_AVX512 && __builtin_cpu_supports("avx512ifma"); }

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
    const lanes digit = _mm512_cvtepi8_epi64(_mm_loadl_epi64((const __m128i *)digits)), size = _mm512_abs_epi64(digit);
    const __mmask8 some = _mm512_test_epi64_mask(digit, digit);
    const lanes place = _mm512_sub_epi64(size, _mm512_set1_epi64(1));
    const cached8 r = {limbs8(limbs, place, some, 1), limbs8(limbs + 5, place, some, 1), limbs8(limbs + 10, place, some, 0),
                       limbs8(limbs + 15, place, some, 2)};
    return signed8(r, _mm512_movepi64_mask(digit));
}

CK_EIGHT void ck_ristretto_eight(uint64_t out[POINT_LIMBS][8], const table_of_eight *table, const int8_t digits[DIGITS][8]) {
    point8 p = identity8();
    for (int i = 1; i < DIGITS; i += 2) p = sum8(p, entry8(table->limbs[i / 2], digits[i]));
    for (int i = 0; i < 4; i++) p = twice8(p);
    for (int i = 0; i < DIGITS; i += 2) p = sum8(p, entry8(table->limbs[i / 2], digits[i]));
    memcpy(out, &p, sizeof p);
}

#endif
