#ifndef CK_CODEC_INTERNAL_H
#define CK_CODEC_INTERNAL_H

#include "lane_internal.h"

// One rounding an operation: a fused multiply-add would round once where the definition rounds twice.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("-ffp-contract=off")
#endif

/// Adding it rounds a double of magnitude at most 2^51 to an integer, ties to even, which is then in the low bits.
#define CK_SHIFT 0x1.8p52

/// Sums of squares that run side by side.
enum { CK_SUMS = 16 };

CK_LANE_INLINE int64_t ck_bits_of(double x) {
    int64_t bits;
    memcpy(&bits, &x, 8);
    return bits;
}

CK_LANE_INLINE uint32_t ck_little32(uint32_t x) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap32(x);
#else
    return x;
#endif
}

CK_LANE_INLINE uint64_t ck_value_bits(unsigned bits) { return bits == 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1; }

#if CK_LANES_X86
/// Where the vectors of eight words and of `lanes` times eight values meet. Packing takes value lanes * i + l, which is
/// element (lanes * i + l) % 8 of vector (lanes * i + l) / 8, to element i of plane l; unpacking takes it back.
typedef struct {
    _Alignas(64) uint64_t index[8][8][8];
    uint8_t takes[8][8];
    unsigned lanes;
} ck_crossing;

/// Each works on as many values or words as fill its vectors, and returns how many those were.
/// Eight counts of clipped values, or eight words of stray bits, are written where the last argument but the table says.
size_t ck_quantise_f32_avx2(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, uint64_t *clipped);
size_t ck_quantise_f32_avx512(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, uint64_t *clipped);
size_t ck_quantise_f64_avx512(
    int64_t *out, const double *in, size_t count, double scale, double clip, const uint64_t *draws, uint64_t *clipped);
/// found[0..16) gets bits where an exponent is all ones; it is zero before.
size_t ck_not_finite_avx2(uint32_t *found, const float *values, size_t count);
size_t ck_not_finite_avx512(uint32_t *found, const float *values, size_t count);
size_t ck_squares_avx2(double *sums, const float *values, size_t count);
size_t ck_squares_avx512(double *sums, const float *values, size_t count);
size_t ck_pack_avx512(uint64_t *words, const int64_t *in, size_t word_count, unsigned bits, uint64_t *excess, const ck_crossing *c);
size_t ck_unpack_avx512(int64_t *out, const uint64_t *words, size_t word_count, unsigned bits, const ck_crossing *c);
#endif

#endif
