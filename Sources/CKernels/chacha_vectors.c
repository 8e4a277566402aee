// ChaCha20 in vectors: eight blocks at a time with AVX2, sixteen with AVX-512, in the order of RFC 8439.

#include "lane_internal.h"

#if CK_LANES_X86

CK_LANE_INLINE uint32_t little32(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, 4);
    return x;
}

/// The sixteen words of a state; the counter's place holds the first block's.
CK_LANE_INLINE void begin(uint32_t *s, const uint8_t *key) {
    static const uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (int i = 0; i < 4; i++) s[i] = constants[i];
    for (int i = 0; i < 8; i++) s[4 + i] = little32(key + 4 * i);
    for (int i = 12; i < 16; i++) s[i] = 0;
}

#define DOUBLE_ROUND(Q)                                                                         \
    Q(x[0], x[4], x[8], x[12]); Q(x[1], x[5], x[9], x[13]);                                     \
    Q(x[2], x[6], x[10], x[14]); Q(x[3], x[7], x[11], x[15]);                                   \
    Q(x[0], x[5], x[10], x[15]); Q(x[1], x[6], x[11], x[12]);                                   \
    Q(x[2], x[7], x[8], x[13]); Q(x[3], x[4], x[9], x[14])

// MARK: AVX2

#define ROTATE256(x, n) _mm256_or_si256(_mm256_slli_epi32(x, n), _mm256_srli_epi32(x, 32 - (n)))
#define QUARTER256(a, b, c, d)                                                                  \
    do {                                                                                        \
        a = _mm256_add_epi32(a, b); d = _mm256_shuffle_epi8(_mm256_xor_si256(d, a), by16);      \
        c = _mm256_add_epi32(c, d); b = _mm256_xor_si256(b, c); b = ROTATE256(b, 12);           \
        a = _mm256_add_epi32(a, b); d = _mm256_shuffle_epi8(_mm256_xor_si256(d, a), by8);       \
        c = _mm256_add_epi32(c, d); b = _mm256_xor_si256(b, c); b = ROTATE256(b, 7);            \
    } while (0)

CK_AVX2 CK_LANE_INLINE void run256(
    uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits, ck_lane_mode mode
) {
    uint32_t s[16];
    begin(s, key);
    const __m256i top = _mm256_set1_epi64x((long long)bits.top), low = _mm256_set1_epi64x((long long)bits.low);
    const __m256i by16 = _mm256_broadcastsi128_si256(_mm_set_epi8(13, 12, 15, 14, 9, 8, 11, 10, 5, 4, 7, 6, 1, 0, 3, 2));
    const __m256i by8 = _mm256_broadcastsi128_si256(_mm_set_epi8(14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3));
    for (; groups > 0; groups--, w += 64, block += 8) {
        __m256i x[16];
        for (int i = 0; i < 16; i++) x[i] = _mm256_set1_epi32((int)s[i]);
        const __m256i counter =
            _mm256_add_epi32(_mm256_set1_epi32((int)block), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0));
        x[12] = counter;
        for (int round = 0; round < 10; round++) { DOUBLE_ROUND(QUARTER256); }
        for (int i = 0; i < 16; i++) x[i] = _mm256_add_epi32(x[i], i == 12 ? counter : _mm256_set1_epi32((int)s[i]));
        for (int g = 0; g < 16; g += 4) {
            __m256i a = _mm256_unpacklo_epi32(x[g], x[g + 1]), b = _mm256_unpackhi_epi32(x[g], x[g + 1]);
            __m256i c = _mm256_unpacklo_epi32(x[g + 2], x[g + 3]), d = _mm256_unpackhi_epi32(x[g + 2], x[g + 3]);
            x[g] = _mm256_unpacklo_epi64(a, c);
            x[g + 1] = _mm256_unpackhi_epi64(a, c);
            x[g + 2] = _mm256_unpacklo_epi64(b, d);
            x[g + 3] = _mm256_unpackhi_epi64(b, d);
        }
        for (int r = 0; r < 4; r++) {
            ck_lanes256(w + 8 * r, _mm256_permute2x128_si256(x[r], x[4 + r], 0x20), top, low, mode);
            ck_lanes256(w + 8 * r + 4, _mm256_permute2x128_si256(x[8 + r], x[12 + r], 0x20), top, low, mode);
            ck_lanes256(w + 8 * r + 32, _mm256_permute2x128_si256(x[r], x[4 + r], 0x31), top, low, mode);
            ck_lanes256(w + 8 * r + 36, _mm256_permute2x128_si256(x[8 + r], x[12 + r], 0x31), top, low, mode);
        }
    }
    ck_wipe(s, sizeof s);
}

CK_AVX2 static void store256(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run256(w, groups, block, key, bits, CK_STORE);
}
CK_AVX2 static void add256(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run256(w, groups, block, key, bits, CK_ADD);
}
CK_AVX2 static void subtract256(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run256(w, groups, block, key, bits, CK_SUBTRACT);
}

const ck_stream_kernel ck_chacha_avx2 = {{store256, add256, subtract256}, NULL, 8};

// MARK: AVX-512

#define QUARTER512(a, b, c, d)                                                                      \
    do {                                                                                            \
        a = _mm512_add_epi32(a, b); d = _mm512_rol_epi32(_mm512_xor_si512(d, a), 16);               \
        c = _mm512_add_epi32(c, d); b = _mm512_rol_epi32(_mm512_xor_si512(b, c), 12);               \
        a = _mm512_add_epi32(a, b); d = _mm512_rol_epi32(_mm512_xor_si512(d, a), 8);                \
        c = _mm512_add_epi32(c, d); b = _mm512_rol_epi32(_mm512_xor_si512(b, c), 7);                \
    } while (0)

CK_AVX512 CK_LANE_INLINE void run512(
    uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits, ck_lane_mode mode
) {
    uint32_t s[16];
    begin(s, key);
    const __m512i top = _mm512_set1_epi64((long long)bits.top), low = _mm512_set1_epi64((long long)bits.low);
    for (; groups > 0; groups--, w += 128, block += 16) {
        __m512i x[16];
        for (int i = 0; i < 16; i++) x[i] = _mm512_set1_epi32((int)s[i]);
        const __m512i counter = _mm512_add_epi32(
            _mm512_set1_epi32((int)block), _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
        x[12] = counter;
        for (int round = 0; round < 10; round++) { DOUBLE_ROUND(QUARTER512); }
        for (int i = 0; i < 16; i++) x[i] = _mm512_add_epi32(x[i], i == 12 ? counter : _mm512_set1_epi32((int)s[i]));
        for (int g = 0; g < 16; g += 4) {
            __m512i a = _mm512_unpacklo_epi32(x[g], x[g + 1]), b = _mm512_unpackhi_epi32(x[g], x[g + 1]);
            __m512i c = _mm512_unpacklo_epi32(x[g + 2], x[g + 3]), d = _mm512_unpackhi_epi32(x[g + 2], x[g + 3]);
            x[g] = _mm512_unpacklo_epi64(a, c);
            x[g + 1] = _mm512_unpackhi_epi64(a, c);
            x[g + 2] = _mm512_unpacklo_epi64(b, d);
            x[g + 3] = _mm512_unpackhi_epi64(b, d);
        }
        // Quarter k of x[4 g + r] has words 4 g ... 4 g + 3 of block 4 k + r.
        for (int r = 0; r < 4; r++) {
            __m512i a = _mm512_shuffle_i32x4(x[r], x[4 + r], 0x44), b = _mm512_shuffle_i32x4(x[8 + r], x[12 + r], 0x44);
            __m512i c = _mm512_shuffle_i32x4(x[r], x[4 + r], 0xee), d = _mm512_shuffle_i32x4(x[8 + r], x[12 + r], 0xee);
            ck_lanes512(w + 8 * r, _mm512_shuffle_i32x4(a, b, 0x88), top, low, mode);
            ck_lanes512(w + 8 * r + 32, _mm512_shuffle_i32x4(a, b, 0xdd), top, low, mode);
            ck_lanes512(w + 8 * r + 64, _mm512_shuffle_i32x4(c, d, 0x88), top, low, mode);
            ck_lanes512(w + 8 * r + 96, _mm512_shuffle_i32x4(c, d, 0xdd), top, low, mode);
        }
    }
    ck_wipe(s, sizeof s);
}

CK_AVX512 static void store512(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run512(w, groups, block, key, bits, CK_STORE);
}
CK_AVX512 static void add512(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run512(w, groups, block, key, bits, CK_ADD);
}
CK_AVX512 static void subtract512(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run512(w, groups, block, key, bits, CK_SUBTRACT);
}

const ck_stream_kernel ck_chacha_avx512 = {{store512, add512, subtract512}, NULL, 16};

#else
typedef int ck_no_chacha_vectors;
#endif
