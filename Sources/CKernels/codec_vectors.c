// The quantiser, the norm and the packing in vectors; operation by operation what codec.c does.

#include "codec_internal.h"

#if CK_LANES_X86

// MARK: AVX2

CK_AVX2 size_t ck_quantise_f32_avx2(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, uint64_t *clipped
) {
    const __m256d most = _mm256_set1_pd(clip), least = _mm256_set1_pd(-clip), by = _mm256_set1_pd(scale);
    const __m256d shift = _mm256_set1_pd(CK_SHIFT), one = _mm256_set1_pd(1);
    const __m256i base = _mm256_castpd_si256(shift), ones = _mm256_set1_epi64x(1);
    const __m256i exponent = _mm256_set1_epi64x(0x4330000000000000);
    __m256i outside = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256d value = _mm256_cvtps_pd(_mm_loadu_ps(in + i));
        __m256d beyond =
            _mm256_or_pd(_mm256_cmp_pd(value, most, _CMP_GT_OQ), _mm256_cmp_pd(value, least, _CMP_LT_OQ));
        outside = _mm256_add_epi64(outside, _mm256_and_si256(_mm256_castpd_si256(beyond), ones));
        __m256d x = _mm256_mul_pd(_mm256_max_pd(least, _mm256_min_pd(most, value)), by);
        __m256d shifted = _mm256_add_pd(x, shift);
        if (draws != NULL) {
            // 2^52 + u as a bit pattern, then exact subtraction and scaling by a power of two.
            __m256i u = _mm256_or_si256(
                _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(draws + i))), exponent);
            __m256d part = _mm256_mul_pd(
                _mm256_sub_pd(_mm256_castsi256_pd(u), _mm256_set1_pd(0x1p52)), _mm256_set1_pd(0x1p-32));
            __m256d threshold = _mm256_sub_pd(one, part), nearest = _mm256_sub_pd(shifted, shift);
            __m256d down = _mm256_and_pd(_mm256_cmp_pd(nearest, x, _CMP_GT_OQ), one);
            __m256d fraction = _mm256_sub_pd(x, _mm256_sub_pd(nearest, down));
            __m256d up = _mm256_and_pd(_mm256_cmp_pd(fraction, threshold, _CMP_GE_OQ), one);
            shifted = _mm256_add_pd(shifted, _mm256_sub_pd(up, down));
        }
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_sub_epi64(_mm256_castpd_si256(shifted), base));
    }
    _mm256_storeu_si256((__m256i *)clipped, outside);
    return i;
}

CK_AVX2 size_t ck_not_finite_avx2(uint32_t *found, const float *values, size_t count) {
    const __m256i exponent = _mm256_set1_epi32(0x7f800000);
    __m256i any = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i bits = _mm256_loadu_si256((const __m256i *)(values + i));
        any = _mm256_or_si256(any, _mm256_cmpeq_epi32(_mm256_and_si256(bits, exponent), exponent));
    }
    _mm256_storeu_si256((__m256i *)found, any);
    return i;
}

CK_AVX2 size_t ck_squares_avx2(double *sums, const float *values, size_t count) {
    __m256d s[4];
    for (int k = 0; k < 4; k++) s[k] = _mm256_setzero_pd();
    size_t i = 0;
    for (; i + CK_SUMS <= count; i += CK_SUMS)
        for (int k = 0; k < 4; k++) {
            __m256d x = _mm256_cvtps_pd(_mm_loadu_ps(values + i + 4 * (size_t)k));
            s[k] = _mm256_add_pd(s[k], _mm256_mul_pd(x, x));
        }
    for (int k = 0; k < 4; k++) _mm256_storeu_pd(sums + 4 * k, s[k]);
    return i;
}

// MARK: AVX-512

/// Eight scaled values to integers; `part` is u over its power of two, 1 - part is exact.
CK_AVX512 CK_LANE_INLINE __m512i rounded(__m512d x, int stochastic, __m512d part) {
    const __m512d shift = _mm512_set1_pd(CK_SHIFT);
    const __m512i base = _mm512_castpd_si512(shift);
    if (!stochastic) return _mm512_sub_epi64(_mm512_castpd_si512(_mm512_add_pd(x, shift)), base);
    __m512d floor = _mm512_roundscale_pd(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    __mmask8 up = _mm512_cmp_pd_mask(_mm512_sub_pd(x, floor), _mm512_sub_pd(_mm512_set1_pd(1), part), _CMP_GE_OQ);
    __m512i level = _mm512_sub_epi64(_mm512_castpd_si512(_mm512_add_pd(floor, shift)), base);
    return _mm512_mask_sub_epi64(level, up, level, _mm512_set1_epi64(-1));
}

/// Clamps and scales eight values, and counts those outside.
CK_AVX512 CK_LANE_INLINE __m512d scaled(__m512d value, __m512d clip, __m512d scale, __m512i *outside) {
    const __m512d least = _mm512_sub_pd(_mm512_set1_pd(-0.0), clip);
    const __mmask8 beyond = _mm512_cmp_pd_mask(_mm512_abs_pd(value), clip, _CMP_GT_OQ);
    *outside = _mm512_mask_add_epi64(*outside, beyond, *outside, _mm512_set1_epi64(1));
    return _mm512_mul_pd(_mm512_max_pd(least, _mm512_min_pd(clip, value)), scale);
}

CK_AVX512 CK_LANE_INLINE size_t quantise_f32(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, uint64_t *clipped,
    int stochastic
) {
    const __m512d most = _mm512_set1_pd(clip), by = _mm512_set1_pd(scale);
    __m512i outside = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m512d x = scaled(_mm512_cvtps_pd(_mm256_loadu_ps(in + i)), most, by, &outside), part = x;
        if (stochastic)
            part = _mm512_mul_pd(
                _mm512_cvtepu32_pd(_mm256_loadu_si256((const __m256i *)(draws + i))), _mm512_set1_pd(0x1p-32));
        _mm512_storeu_si512(out + i, rounded(x, stochastic, part));
    }
    _mm512_storeu_si512(clipped, outside);
    return i;
}

CK_AVX512 size_t ck_quantise_f32_avx512(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, uint64_t *clipped
) {
    return draws == NULL ? quantise_f32(out, in, count, scale, clip, draws, clipped, 0)
                         : quantise_f32(out, in, count, scale, clip, draws, clipped, 1);
}

CK_AVX512 CK_LANE_INLINE size_t quantise_f64(
    int64_t *out, const double *in, size_t count, double scale, double clip, const uint64_t *draws, uint64_t *clipped,
    int stochastic
) {
    const __m512d most = _mm512_set1_pd(clip), by = _mm512_set1_pd(scale);
    __m512i outside = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m512d x = scaled(_mm512_loadu_pd(in + i), most, by, &outside), part = x;
        if (stochastic)
            part = _mm512_mul_pd(
                _mm512_cvtepi64_pd(_mm512_srli_epi64(_mm512_loadu_si512(draws + i), 11)), _mm512_set1_pd(0x1p-53));
        _mm512_storeu_si512(out + i, rounded(x, stochastic, part));
    }
    _mm512_storeu_si512(clipped, outside);
    return i;
}

CK_AVX512 size_t ck_quantise_f64_avx512(
    int64_t *out, const double *in, size_t count, double scale, double clip, const uint64_t *draws, uint64_t *clipped
) {
    return draws == NULL ? quantise_f64(out, in, count, scale, clip, draws, clipped, 0)
                         : quantise_f64(out, in, count, scale, clip, draws, clipped, 1);
}

CK_AVX512 size_t ck_not_finite_avx512(uint32_t *found, const float *values, size_t count) {
    const __m512i exponent = _mm512_set1_epi32(0x7f800000);
    __m512i any = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __mmask16 whole = _mm512_cmpeq_epi32_mask(_mm512_and_si512(_mm512_loadu_si512(values + i), exponent), exponent);
        any = _mm512_mask_mov_epi32(any, whole, exponent);
    }
    _mm512_storeu_si512(found, any);
    return i;
}

CK_AVX512 size_t ck_squares_avx512(double *sums, const float *values, size_t count) {
    __m512d low = _mm512_setzero_pd(), high = low;
    size_t i = 0;
    for (; i + CK_SUMS <= count; i += CK_SUMS) {
        __m512d x = _mm512_cvtps_pd(_mm256_loadu_ps(values + i)), y = _mm512_cvtps_pd(_mm256_loadu_ps(values + i + 8));
        low = _mm512_add_pd(low, _mm512_mul_pd(x, x));
        high = _mm512_add_pd(high, _mm512_mul_pd(y, y));
    }
    _mm512_storeu_pd(sums, low);
    _mm512_storeu_pd(sums + 8, high);
    return i;
}

CK_AVX512 CK_LANE_INLINE size_t pack(
    uint64_t *words, const int64_t *in, size_t word_count, unsigned bits, unsigned lanes, uint64_t *excess,
    const ck_crossing *c
) {
    const __m512i mask = _mm512_set1_epi64((long long)ck_value_bits(bits));
    const __m512i half = _mm512_set1_epi64((long long)((uint64_t)1 << (bits - 1)));
    __m512i bad = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 8 <= word_count; i += 8, in += 8 * lanes) {
        __m512i v[8], word = _mm512_setzero_si512();
        for (unsigned k = 0; k < lanes; k++) {
            v[k] = _mm512_loadu_si512(in + 8 * k);
            bad = _mm512_or_si512(bad, _mm512_andnot_si512(mask, _mm512_add_epi64(v[k], half)));
            v[k] = _mm512_and_si512(v[k], mask);
        }
        for (unsigned l = 0; l < lanes; l++) {
            __m512i plane = _mm512_maskz_permutexvar_epi64(c->takes[l][0], _mm512_load_si512(c->index[l][0]), v[0]);
            for (unsigned k = 1; k < lanes; k++)
                plane = _mm512_mask_permutexvar_epi64(plane, c->takes[l][k], _mm512_load_si512(c->index[l][k]), v[k]);
            word = _mm512_or_si512(word, _mm512_sll_epi64(plane, _mm_cvtsi64_si128((long long)(l * bits))));
        }
        _mm512_storeu_si512(words + i, word);
    }
    _mm512_storeu_si512(excess, bad);
    return i;
}

CK_AVX512 CK_LANE_INLINE size_t unpack(
    int64_t *out, const uint64_t *words, size_t word_count, unsigned bits, unsigned lanes, const ck_crossing *c
) {
    const __m128i unused = _mm_cvtsi64_si128((long long)(64 - bits));
    size_t i = 0;
    for (; i + 8 <= word_count; i += 8, out += 8 * lanes) {
        __m512i plane[8], word = _mm512_loadu_si512(words + i);
        for (unsigned l = 0; l < lanes; l++)
            plane[l] = _mm512_sra_epi64(
                _mm512_sll_epi64(_mm512_srl_epi64(word, _mm_cvtsi64_si128((long long)(l * bits))), unused), unused);
        for (unsigned l = 0; l < lanes; l++) {
            __m512i v = _mm512_maskz_permutexvar_epi64(c->takes[l][0], _mm512_load_si512(c->index[l][0]), plane[0]);
            for (unsigned k = 1; k < lanes; k++)
                v = _mm512_mask_permutexvar_epi64(v, c->takes[l][k], _mm512_load_si512(c->index[l][k]), plane[k]);
            _mm512_storeu_si512(out + 8 * l, v);
        }
    }
    return i;
}

/// One copy a number of lanes, so that planes stay in registers.
#define EACH(call)                                                        \
    switch (c->lanes) {                                                  \
    case 1: { enum { LANES = 1 }; return call; }                          \
    case 2: { enum { LANES = 2 }; return call; }                          \
    case 3: { enum { LANES = 3 }; return call; }                          \
    case 4: { enum { LANES = 4 }; return call; }                          \
    case 5: { enum { LANES = 5 }; return call; }                          \
    case 6: { enum { LANES = 6 }; return call; }                          \
    case 7: { enum { LANES = 7 }; return call; }                          \
    default: { enum { LANES = 8 }; return call; }                         \
    }

CK_AVX512 size_t ck_pack_avx512(
    uint64_t *words, const int64_t *in, size_t word_count, unsigned bits, uint64_t *excess, const ck_crossing *c
) {
    EACH(pack(words, in, word_count, bits, LANES, excess, c))
}

CK_AVX512 size_t ck_unpack_avx512(
    int64_t *out, const uint64_t *words, size_t word_count, unsigned bits, const ck_crossing *c
) {
    EACH(unpack(out, words, word_count, bits, LANES, c))
}

#else
typedef int ck_no_codec_vectors;
#endif
