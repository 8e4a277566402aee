// The quantiser, the norm and the packing in plain C, and the choice of a path.

#include "codec_internal.h"

/// One copy for each kind of input and of rounding, since three of the four pointers are null.
CK_LANE_INLINE uint64_t quantise(
    int64_t *out, const float *floats, const double *doubles, size_t count, double scale, double clip,
    const uint32_t *draws32, const uint64_t *draws64
) {
    const int64_t base = ck_bits_of(CK_SHIFT);
    uint64_t clipped = 0;
    for (size_t i = 0; i < count; i++) {
        double value = floats != NULL ? (double)floats[i] : doubles[i];
        clipped += (value > clip) | (value < -clip);
        value = value > clip ? clip : value;
        double x = (value < -clip ? -clip : value) * scale;
        double shifted = x + CK_SHIFT;
        if (draws32 != NULL || draws64 != NULL) {
            double threshold = draws32 != NULL ? 1 - (double)ck_little32(draws32[i]) * 0x1p-32
                                               : 1 - (double)(int64_t)(ck_little64(draws64[i]) >> 11) * 0x1p-53;
            double nearest = shifted - CK_SHIFT, down = nearest > x, fraction = x - (nearest - down);
            shifted += (double)(fraction >= threshold) - down;
        }
        out[i] = ck_bits_of(shifted) - base;
    }
    return clipped;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
typedef double pair __attribute__((vector_size(16)));
typedef int64_t pair_bits __attribute__((vector_size(16)));
typedef float four_floats __attribute__((vector_size(16)));
typedef float two_floats __attribute__((vector_size(8)));
typedef uint32_t four_draws __attribute__((vector_size(16)));

/// value > clip ? clip : value, then value < -clip ? -clip : value.
CK_LANE_INLINE pair clamped(pair value, pair clip) {
#if defined(__SSE2__)
    return _mm_max_pd(-clip, _mm_min_pd(clip, value));
#else
    const pair_bits above = value > clip;
    value = (pair)(((pair_bits)clip & above) | ((pair_bits)value & ~above));
    const pair_bits below = value < -clip;
    return (pair)(((pair_bits)-clip & below) | ((pair_bits)value & ~below));
#endif
}

/// Two levels by the operations of `quantise`; u is 2^52 and the draw, which is exact.
CK_LANE_INLINE pair_bits drawn(pair value, pair u, double scale, double clip, pair_bits *clipped) {
    const pair inside = clamped(value, (pair){clip, clip}), shift = {CK_SHIFT, CK_SHIFT}, one = {1, 1};
    *clipped -= inside != value;
    const pair x = inside * (pair){scale, scale}, shifted = x + shift, nearest = shifted - shift;
    const pair down = (pair)((pair_bits)one & (pair_bits)(nearest > x)), fraction = x - (nearest - down);
    const pair threshold = one - (u - (pair){0x1p52, 0x1p52}) * (pair){0x1p-32, 0x1p-32};
    const pair up = (pair)((pair_bits)one & (pair_bits)(fraction >= threshold));
    return (pair_bits)(shifted + (up - down)) - (pair_bits)shift;
}

/// The loop of `quantise` for floats with draws, written out in vectors of 16 bytes. Returns how many values that were.
static size_t draw_fours(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, uint64_t *clipped
) {
    const four_draws exponent = {0x43300000, 0x43300000, 0x43300000, 0x43300000};
    pair_bits found = {0, 0}, levels[2];
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        four_floats v;
        four_draws u;
        memcpy(&v, in + i, 16);
        memcpy(&u, draws + i, 16);
        const two_floats low = __builtin_shufflevector(v, v, 0, 1), high = __builtin_shufflevector(v, v, 2, 3);
        const pair first = (pair)__builtin_shufflevector(u, exponent, 0, 4, 1, 5);
        const pair second = (pair)__builtin_shufflevector(u, exponent, 2, 4, 3, 5);
        levels[0] = drawn(__builtin_convertvector(low, pair), first, scale, clip, &found);
        levels[1] = drawn(__builtin_convertvector(high, pair), second, scale, clip, &found);
        memcpy(out + i, levels, 32);
    }
    *clipped = (uint64_t)(found[0] + found[1]);
    return i;
}
#endif

CK_LANE_INLINE uint64_t sum_of(const uint64_t *parts) {
    uint64_t sum = 0;
    for (int i = 0; i < 8; i++) sum += parts[i];
    return sum;
}

uint64_t ck_quantise_f32(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, int path
) {
    uint64_t parts[8] = {0};
    size_t done = 0;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    if (path == CK_LANES_AVX512) done = ck_quantise_f32_avx512(out, in, count, scale, clip, draws, parts);
    if (path == CK_LANES_AVX2) done = ck_quantise_f32_avx2(out, in, count, scale, clip, draws, parts);
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (done == 0 && draws != NULL) done = draw_fours(out, in, count, scale, clip, draws, parts);
#endif
    out += done, in += done, count -= done;
    if (draws == NULL) return sum_of(parts) + quantise(out, in, NULL, count, scale, clip, NULL, NULL);
    return sum_of(parts) + quantise(out, in, NULL, count, scale, clip, draws + done, NULL);
}

uint64_t ck_quantise_f64(
    int64_t *out, const double *in, size_t count, double scale, double clip, const uint64_t *draws, int path
) {
    uint64_t parts[8] = {0};
    size_t done = 0;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    if (path == CK_LANES_AVX512) done = ck_quantise_f64_avx512(out, in, count, scale, clip, draws, parts);
#endif
    out += done, in += done, count -= done;
    if (draws == NULL) return sum_of(parts) + quantise(out, NULL, in, count, scale, clip, NULL, NULL);
    return sum_of(parts) + quantise(out, NULL, in, count, scale, clip, NULL, draws + done);
}

int ck_any_not_finite_f32(const float *values, size_t count, int path) {
    // A difference of the bits that is not negative is that of an exponent of all ones.
    uint32_t parts[16] = {0}, found = 0;
    size_t done = 0;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    if (path == CK_LANES_AVX512) done = ck_not_finite_avx512(parts, values, count);
    if (path == CK_LANES_AVX2) done = ck_not_finite_avx2(parts, values, count);
#endif
    for (int i = 0; i < 16; i++) found |= parts[i];
    for (size_t i = done; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, 4);
        found |= ~((bits & 0x7f800000) - 0x7f800000) & 0x80000000;
    }
    return found != 0;
}

double ck_sum_of_squares_f32(const float *values, size_t count, int path) {
    double sums[CK_SUMS] = {0};
    size_t done = 0;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    if (path == CK_LANES_AVX512) done = ck_squares_avx512(sums, values, count);
    if (path == CK_LANES_AVX2) done = ck_squares_avx2(sums, values, count);
#endif
    for (size_t i = done; i < count; i++) sums[i % CK_SUMS] += (double)values[i] * (double)values[i];
    for (int width = CK_SUMS / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) sums[i] += sums[i + width];
    return sums[0];
}

#if CK_LANES_X86
static void cross(ck_crossing *c, unsigned lanes, int unpacks) {
    memset(c, 0, sizeof *c);
    c->lanes = lanes;
    for (unsigned l = 0; l < lanes; l++)
        for (unsigned i = 0; i < 8; i++) {
            unsigned value = unpacks ? 8 * l + i : lanes * i + l;
            unsigned from = unpacks ? value % lanes : value / 8, element = unpacks ? value / lanes : value % 8;
            c->index[l][from][i] = element;
            c->takes[l][from] |= (uint8_t)(1u << i);
        }
}
#endif

/// One copy for each number of lanes that is common, so that the loop over them is none.
CK_LANE_INLINE uint64_t pack_words(uint64_t *words, const int64_t *in, size_t from, size_t count, unsigned bits, unsigned lanes) {
    const uint64_t mask = ck_value_bits(bits), half = (uint64_t)1 << (bits - 1);
    uint64_t excess = 0;
    for (size_t i = from; i < count; i++) {
        uint64_t word = 0;
        for (unsigned l = 0; l < lanes; l++) {
            uint64_t value = (uint64_t)in[lanes * i + l];
            excess |= (value + half) & ~mask;
            word |= (value & mask) << (l * bits);
        }
        words[i] = word;
    }
    return excess;
}

uint64_t ck_pack(uint64_t *words, const int64_t *in, size_t word_count, unsigned bits, int path) {
    const unsigned lanes = 64 / bits;
    uint64_t excess = 0;
    size_t done = 0;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    if (path == CK_LANES_AVX512 && word_count >= 8) {
        uint64_t parts[8];
        ck_crossing c;
        cross(&c, lanes, 0);
        done = ck_pack_avx512(words, in, word_count, bits, parts, &c);
        for (int i = 0; i < 8; i++) excess |= parts[i];
    }
#endif
    switch (lanes) {
    case 1: return excess | pack_words(words, in, done, word_count, bits, 1);
    case 2: return excess | pack_words(words, in, done, word_count, bits, 2);
    case 3: return excess | pack_words(words, in, done, word_count, bits, 3);
    case 4: return excess | pack_words(words, in, done, word_count, bits, 4);
    default: return excess | pack_words(words, in, done, word_count, bits, lanes);
    }
}

void ck_unpack(int64_t *out, const uint64_t *words, size_t word_count, unsigned bits, int path) {
    const unsigned lanes = 64 / bits, unused = 64 - bits;
    size_t done = 0;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    if (path == CK_LANES_AVX512 && word_count >= 8) {
        ck_crossing c;
        cross(&c, lanes, 1);
        done = ck_unpack_avx512(out, words, word_count, bits, &c);
    }
#endif
    for (size_t i = done; i < word_count; i++)
        for (unsigned l = 0; l < lanes; l++)
            out[lanes * i + l] = (int64_t)(words[i] >> (l * bits) << unused) >> unused;
}
