// AES-256 in counter mode by the processor's instructions: AES-NI, four blocks at a time, VAES in vectors of 32 bytes,
// eight, and of 64, thirty-two.
// There is no other: tables would be addressed by the key.

#include "lane_internal.h"

#if CK_LANES_X86

// MARK: Round keys

CK_AESNI CK_LANE_INLINE __m128i spread(__m128i k) {
    k = _mm_xor_si128(k, _mm_slli_si128(k, 4));
    return _mm_xor_si128(k, _mm_slli_si128(k, 8));
}

CK_AESNI void ck_aes256_expand(uint8_t *schedule, const uint8_t *key) {
    __m128i even = _mm_loadu_si128((const __m128i *)key), odd = _mm_loadu_si128((const __m128i *)(key + 16));
    __m128i *out = (__m128i *)schedule;
    _mm_storeu_si128(out, even);
    _mm_storeu_si128(out + 1, odd);
#define STEP(i, constant)                                                                                          \
    even = _mm_xor_si128(spread(even), _mm_shuffle_epi32(_mm_aeskeygenassist_si128(odd, constant), 0xff));         \
    _mm_storeu_si128(out + (i), even);                                                                             \
    if ((i) < 14) {                                                                                                \
        odd = _mm_xor_si128(spread(odd), _mm_shuffle_epi32(_mm_aeskeygenassist_si128(even, 0), 0xaa));             \
        _mm_storeu_si128(out + (i) + 1, odd);                                                                      \
    }
    STEP(2, 0x01) STEP(4, 0x02) STEP(6, 0x04) STEP(8, 0x08) STEP(10, 0x10) STEP(12, 0x20) STEP(14, 0x40)
#undef STEP
}

// MARK: AES-NI

/// Vectors of a group: enough to hide the latency of a round together with the next mask's.
enum { NI = 4, HALVES = 4, WIDE = 8 };

#define ROUNDS(load, encrypt)                                            \
    _Pragma("clang loop unroll(full)")                                   \
    for (int round = 1; round < 14; round++) {                           \
        k = load(keys + 16 * round);                                     \
        for (int i = 0; i < N; i++) x[i] = encrypt(x[i], k);             \
    }

CK_AESNI CK_LANE_INLINE __m128i key128(const uint8_t *p) { return _mm_loadu_si128((const __m128i *)p); }

/// The counter blocks of a group, as GCM writes them, from the number of the first.
CK_AESNI CK_LANE_INLINE void counters128(__m128i *c, __m128i first) {
    const __m128i swap = _mm_set_epi8(12, 13, 14, 15, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    for (int i = 0; i < NI; i++) c[i] = _mm_shuffle_epi8(_mm_add_epi32(first, _mm_set_epi32(i, 0, 0, 0)), swap);
}

CK_AESNI CK_LANE_INLINE void stream128(__m128i *x, const __m128i *c, const uint8_t *keys) {
    enum { N = NI };
    __m128i k = key128(keys);
    for (int i = 0; i < N; i++) x[i] = _mm_xor_si128(c[i], k);
    ROUNDS(key128, _mm_aesenc_si128)
    k = key128(keys + 16 * 14);
    for (int i = 0; i < N; i++) x[i] = _mm_aesenclast_si128(x[i], k);
}

CK_AESNI static void store128(uint64_t *w, size_t groups, uint32_t block, const uint8_t *keys, ck_lane_bits bits) {
    (void)bits;
    __m128i x[NI], c[NI];
    __m128i number = _mm_set_epi32((int)(4 * block + 2), 0, 0, 0);
    const __m128i step = _mm_set_epi32(NI, 0, 0, 0);
    for (; groups > 0; groups--, w += 2 * NI, number = _mm_add_epi32(number, step)) {
        counters128(c, number);
        stream128(x, c, keys);
        for (int i = 0; i < NI; i++) _mm_storeu_si128((__m128i *)(w + 2 * i), x[i]);
    }
}

CK_AESNI static void together128(
    uint64_t *w, size_t groups, uint32_t block, const ck_mask *masks, size_t count, ck_lane_halves h
) {
    const __m128i even = _mm_set1_epi64x((long long)h.even), used = _mm_set1_epi64x((long long)h.used);
    const __m128i even_start = _mm_set1_epi64x((long long)h.even_start), start = _mm_set1_epi64x((long long)h.start);
    __m128i number = _mm_set_epi32((int)(4 * block + 2), 0, 0, 0);
    const __m128i step = _mm_set_epi32(NI, 0, 0, 0);
    for (; groups > 0; groups--, w += 2 * NI, number = _mm_add_epi32(number, step)) {
        __m128i x[NI], c[NI], all[NI], some[NI];
        counters128(c, number);
        for (int i = 0; i < NI; i++) {
            __m128i y = _mm_loadu_si128((const __m128i *)(w + 2 * i));
            all[i] = _mm_add_epi64(y, start);
            some[i] = _mm_add_epi64(_mm_and_si128(y, even), even_start);
        }
        for (size_t m = 0; m < count; m++) {
            stream128(x, c, masks[m].schedule);
            for (int i = 0; i < NI; i++) {
                all[i] = _mm_add_epi64(all[i], x[i]);
                some[i] = _mm_add_epi64(some[i], _mm_and_si128(x[i], even));
            }
        }
        for (int i = 0; i < NI; i++) {
            __m128i others = _mm_andnot_si128(even, _mm_sub_epi64(all[i], some[i]));
            __m128i sum = _mm_and_si128(_mm_or_si128(_mm_and_si128(some[i], even), others), used);
            _mm_storeu_si128((__m128i *)(w + 2 * i), sum);
        }
    }
}

const ck_stream_kernel ck_aes_ni = {{store128, NULL, NULL}, together128, NI / 4};

// MARK: VAES, 32 bytes

CK_VAES256 CK_LANE_INLINE __m256i key256(const uint8_t *p) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)p));
}

CK_VAES256 CK_LANE_INLINE __m256i numbers256(uint32_t block) {
    return _mm256_set_epi32((int)(4 * block + 3), 0, 0, 0, (int)(4 * block + 2), 0, 0, 0);
}

CK_VAES256 CK_LANE_INLINE void counters256(__m256i *c, __m256i first) {
    const __m256i swap = _mm256_broadcastsi128_si256(
        _mm_set_epi8(12, 13, 14, 15, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    for (int i = 0; i < HALVES; i++) {
        const __m256i step = _mm256_set_epi32(2 * i, 0, 0, 0, 2 * i, 0, 0, 0);
        c[i] = _mm256_shuffle_epi8(_mm256_add_epi32(first, step), swap);
    }
}

CK_VAES256 CK_LANE_INLINE void stream256(__m256i *x, const __m256i *c, const uint8_t *keys) {
    enum { N = HALVES };
    __m256i k = key256(keys);
    for (int i = 0; i < N; i++) x[i] = _mm256_xor_si256(c[i], k);
    ROUNDS(key256, _mm256_aesenc_epi128)
    k = key256(keys + 16 * 14);
    for (int i = 0; i < N; i++) x[i] = _mm256_aesenclast_epi128(x[i], k);
}

CK_VAES256 static void store256(uint64_t *w, size_t groups, uint32_t block, const uint8_t *keys, ck_lane_bits bits) {
    (void)bits;
    __m256i x[HALVES], c[HALVES], number = numbers256(block);
    const __m256i step = _mm256_set_epi32(2 * HALVES, 0, 0, 0, 2 * HALVES, 0, 0, 0);
    for (; groups > 0; groups--, w += 4 * HALVES, number = _mm256_add_epi32(number, step)) {
        counters256(c, number);
        stream256(x, c, keys);
        for (int i = 0; i < HALVES; i++) _mm256_storeu_si256((__m256i *)(w + 4 * i), x[i]);
    }
}

CK_VAES256 static void together256(
    uint64_t *w, size_t groups, uint32_t block, const ck_mask *masks, size_t count, ck_lane_halves h
) {
    const __m256i even = _mm256_set1_epi64x((long long)h.even), used = _mm256_set1_epi64x((long long)h.used);
    const __m256i even_start = _mm256_set1_epi64x((long long)h.even_start), start = _mm256_set1_epi64x((long long)h.start);
    const __m256i step = _mm256_set_epi32(2 * HALVES, 0, 0, 0, 2 * HALVES, 0, 0, 0);
    __m256i number = numbers256(block);
    for (; groups > 0; groups--, w += 4 * HALVES, number = _mm256_add_epi32(number, step)) {
        __m256i x[HALVES], c[HALVES], all[HALVES], some[HALVES];
        counters256(c, number);
        for (int i = 0; i < HALVES; i++) {
            __m256i y = _mm256_loadu_si256((const __m256i *)(w + 4 * i));
            all[i] = _mm256_add_epi64(y, start);
            some[i] = _mm256_add_epi64(_mm256_and_si256(y, even), even_start);
        }
        for (size_t m = 0; m < count; m++) {
            stream256(x, c, masks[m].schedule);
            for (int i = 0; i < HALVES; i++) {
                all[i] = _mm256_add_epi64(all[i], x[i]);
                some[i] = _mm256_add_epi64(some[i], _mm256_and_si256(x[i], even));
            }
        }
        for (int i = 0; i < HALVES; i++) {
            __m256i others = _mm256_andnot_si256(even, _mm256_sub_epi64(all[i], some[i]));
            __m256i sum = _mm256_and_si256(_mm256_or_si256(_mm256_and_si256(some[i], even), others), used);
            _mm256_storeu_si256((__m256i *)(w + 4 * i), sum);
        }
    }
}

const ck_stream_kernel ck_aes_vaes256 = {{store256, NULL, NULL}, together256, HALVES / 2};

// MARK: VAES, 64 bytes

CK_VAES CK_LANE_INLINE __m512i key512(const uint8_t *p) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)p));
}

CK_VAES CK_LANE_INLINE __m512i numbers512(uint32_t block) {
    return _mm512_add_epi32(
        _mm512_broadcast_i32x4(_mm_set_epi32((int)(4 * block + 2), 0, 0, 0)),
        _mm512_set_epi32(3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0));
}

CK_VAES CK_LANE_INLINE void counters512(__m512i *c, __m512i first, int count) {
    const __m512i swap =
        _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    for (int i = 0; i < count; i++) {
        const __m512i step = _mm512_broadcast_i32x4(_mm_set_epi32(4 * i, 0, 0, 0));
        c[i] = _mm512_shuffle_epi8(_mm512_add_epi32(first, step), swap);
    }
}

CK_VAES CK_LANE_INLINE void stream512(__m512i *x, const __m512i *c, const uint8_t *keys) {
    enum { N = WIDE };
    __m512i k = key512(keys);
    for (int i = 0; i < N; i++) x[i] = _mm512_xor_si512(c[i], k);
    ROUNDS(key512, _mm512_aesenc_epi128)
    k = key512(keys + 16 * 14);
    for (int i = 0; i < N; i++) x[i] = _mm512_aesenclast_epi128(x[i], k);
}

CK_VAES static void store512(uint64_t *w, size_t groups, uint32_t block, const uint8_t *keys, ck_lane_bits bits) {
    enum { HALF = WIDE / 2 };
    (void)bits;
    __m512i number = numbers512(block), k[15];
    const __m512i step = _mm512_broadcast_i32x4(_mm_set_epi32(4 * HALF, 0, 0, 0));
    for (int i = 0; i < 15; i++) k[i] = key512(keys + 16 * i);
    for (groups *= 2; groups > 0; groups--, w += 8 * HALF, number = _mm512_add_epi32(number, step)) {
        __m512i x[HALF];
        counters512(x, number, HALF);
        for (int i = 0; i < HALF; i++) x[i] = _mm512_xor_si512(x[i], k[0]);
#pragma clang loop unroll(full)
        for (int round = 1; round < 14; round++)
            for (int i = 0; i < HALF; i++) x[i] = _mm512_aesenc_epi128(x[i], k[round]);
        for (int i = 0; i < HALF; i++) _mm512_storeu_si512(w + 8 * i, _mm512_aesenclast_epi128(x[i], k[14]));
    }
}

CK_VAES static void together512(
    uint64_t *w, size_t groups, uint32_t block, const ck_mask *masks, size_t count, ck_lane_halves h
) {
    const __m512i even = _mm512_set1_epi64((long long)h.even), used = _mm512_set1_epi64((long long)h.used);
    const __m512i even_start = _mm512_set1_epi64((long long)h.even_start), start = _mm512_set1_epi64((long long)h.start);
    __m512i number = numbers512(block);
    const __m512i step = _mm512_broadcast_i32x4(_mm_set_epi32(4 * WIDE, 0, 0, 0));
    for (; groups > 0; groups--, w += 8 * WIDE, number = _mm512_add_epi32(number, step)) {
        __m512i x[WIDE], c[WIDE], all[WIDE], some[WIDE];
        counters512(c, number, WIDE);
        for (int i = 0; i < WIDE; i++) {
            __m512i y = _mm512_loadu_si512(w + 8 * i);
            all[i] = _mm512_add_epi64(y, start);
            some[i] = _mm512_add_epi64(_mm512_and_si512(y, even), even_start);
        }
        for (size_t m = 0; m < count; m++) {
            stream512(x, c, masks[m].schedule);
            for (int i = 0; i < WIDE; i++) {
                all[i] = _mm512_add_epi64(all[i], x[i]);
                some[i] = _mm512_add_epi64(some[i], _mm512_and_si512(x[i], even));
            }
        }
        for (int i = 0; i < WIDE; i++) {
            __m512i others = _mm512_sub_epi64(all[i], some[i]);
            // even ? some : others
            __m512i sum = _mm512_ternarylogic_epi64(even, some[i], others, 0xca);
            _mm512_storeu_si512(w + 8 * i, _mm512_and_si512(sum, used));
        }
    }
}

const ck_stream_kernel ck_aes_vaes = {{store512, NULL, NULL}, together512, WIDE};

#else
typedef int ck_no_aes_vectors;
#endif
