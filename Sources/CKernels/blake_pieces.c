// BLAKE2b (RFC 7693) of many pieces of one length: eight at a time with AVX-512, four with AVX2, two in vectors of 16 bytes.

#include "lane_internal.h"

static const uint64_t iv[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

enum { BLOCK = 128, DIGEST = 32, MOST_LANES = 8 };

/// Columns, then diagonals; FOUR mixes four of either side by side.
#define ROUND(FOUR, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15)             \
    FOUR(v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15],                \
         m[s0], m[s2], m[s4], m[s6], m[s1], m[s3], m[s5], m[s7]);                                     \
    FOUR(v[5], v[6], v[7], v[4], v[10], v[11], v[8], v[9], v[15], v[12], v[13], v[14],                \
         m[s8], m[s10], m[s12], m[s14], m[s9], m[s11], m[s13], m[s15])

#define ALL_ROUNDS(F)                                                \
    ROUND(F, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);  \
    ROUND(F, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3);  \
    ROUND(F, 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4);  \
    ROUND(F, 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8);  \
    ROUND(F, 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13);  \
    ROUND(F, 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9);  \
    ROUND(F, 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11);  \
    ROUND(F, 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10);  \
    ROUND(F, 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5);  \
    ROUND(F, 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0);  \
    ROUND(F, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);  \
    ROUND(F, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)

CK_LANE_INLINE uint64_t load64(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return ck_little64(x);
}

/// The state before the first block.
CK_LANE_INLINE void begin(uint64_t *h, const uint8_t *personal) {
    for (int i = 0; i < 8; i++) h[i] = iv[i];
    h[0] ^= 0x01010000 ^ DIGEST;
    h[6] ^= load64(personal);
    h[7] ^= load64(personal + 8);
}

/// Blocks of a piece, the last one padded: at least one.
CK_LANE_INLINE size_t block_count(size_t bytes) { return bytes == 0 ? 1 : (bytes + BLOCK - 1) / BLOCK; }

/// Where block `at` of a piece is: in place, or padded in `last`.
CK_LANE_INLINE const uint8_t *block_of(const uint8_t *piece, size_t bytes, size_t at, uint8_t *last) {
    size_t from = at * BLOCK;
    if (bytes - from >= BLOCK) return piece + from;
    memset(last, 0, BLOCK);
    memcpy(last, piece + from, bytes - from);
    return last;
}

// MARK: One by one

CK_LANE_INLINE uint64_t right(uint64_t x, int n) { return x >> n | x << (64 - n); }

#define HALF(a, b, c, d, x, n, k) a += b + (x); d = RIGHT(d ^ a, n); c += d; b = RIGHT(b ^ c, k)

#define FOUR(b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3, x0, x1, x2, x3, y0, y1, y2, y3)          \
    HALF(v[0], b0, c0, d0, x0, 32, 24); HALF(v[0], b0, c0, d0, y0, 16, 63);                           \
    HALF(v[1], b1, c1, d1, x1, 32, 24); HALF(v[1], b1, c1, d1, y1, 16, 63);                           \
    HALF(v[2], b2, c2, d2, x2, 32, 24); HALF(v[2], b2, c2, d2, y2, 16, 63);                           \
    HALF(v[3], b3, c3, d3, x3, 32, 24); HALF(v[3], b3, c3, d3, y3, 16, 63)

#define RIGHT right
static uint64_t one(uint8_t *digest, const uint8_t *piece, size_t bytes, const uint8_t *personal) {
    uint64_t h[8], v[16], m[16], seen = 0;
    uint8_t last[BLOCK];
    begin(h, personal);
    for (size_t at = 0, blocks = block_count(bytes); at < blocks; at++) {
        const uint8_t *block = block_of(piece, bytes, at, last);
        for (int i = 0; i < 16; i++) seen |= m[i] = load64(block + 8 * i);
        for (int i = 0; i < 8; i++) { v[i] = h[i]; v[8 + i] = iv[i]; }
        v[12] ^= at + 1 == blocks ? bytes : (at + 1) * BLOCK;
        if (at + 1 == blocks) v[14] = ~v[14];
        ALL_ROUNDS(FOUR);
        for (int i = 0; i < 8; i++) h[i] ^= v[i] ^ v[8 + i];
    }
    for (int i = 0; i < 4; i++) {
        uint64_t x = ck_little64(h[i]);
        memcpy(digest + 8 * i, &x, 8);
    }
    return seen;
}

// MARK: Two by two, in vectors of 16 bytes

#undef RIGHT
#define RIGHT right2

typedef uint64_t pair __attribute__((vector_size(16)));
typedef uint32_t quad __attribute__((vector_size(16)));
typedef uint16_t octet __attribute__((vector_size(16)));

CK_LANE_INLINE pair right2(pair x, int n) {
    if (n == 32) return (pair)__builtin_shufflevector((quad)x, (quad)x, 1, 0, 3, 2);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (n == 16) return (pair)__builtin_shufflevector((octet)x, (octet)x, 1, 2, 3, 0, 5, 6, 7, 4);
#endif
    if (n == 63) return x >> 63 | (x + x);
    return x >> n | x << (64 - n);
}

static uint64_t two(uint8_t *digests, const uint8_t *const *pieces, size_t bytes, const uint8_t *personal) {
    uint64_t start[8];
    pair h[8], v[16], m[16], seen = {0, 0};
    uint8_t last[2][BLOCK];
    begin(start, personal);
    for (int i = 0; i < 8; i++) h[i] = (pair){start[i], start[i]};
    for (size_t at = 0, blocks = block_count(bytes); at < blocks; at++) {
        const uint8_t *left = block_of(pieces[0], bytes, at, last[0]), *right = block_of(pieces[1], bytes, at, last[1]);
        for (int i = 0; i < 16; i++) seen |= m[i] = (pair){load64(left + 8 * i), load64(right + 8 * i)};
        for (int i = 0; i < 8; i++) { v[i] = h[i]; v[8 + i] = (pair){iv[i], iv[i]}; }
        const uint64_t length = at + 1 == blocks ? bytes : (at + 1) * BLOCK;
        v[12] ^= (pair){length, length};
        if (at + 1 == blocks) v[14] = ~v[14];
        ALL_ROUNDS(FOUR);
        for (int i = 0; i < 8; i++) h[i] ^= v[i] ^ v[8 + i];
    }
    for (int l = 0; l < 2; l++)
        for (int i = 0; i < 4; i++) {
            uint64_t x = ck_little64(h[i][l]);
            memcpy(digests + DIGEST * l + 8 * i, &x, 8);
        }
    return seen[0] | seen[1];
}

#if CK_LANES_X86

// MARK: AVX-512

#define ADD512(a0, a1, a2, a3, x0, x1, x2, x3)                                                        \
    a0 = _mm512_add_epi64(a0, x0); a1 = _mm512_add_epi64(a1, x1);                                     \
    a2 = _mm512_add_epi64(a2, x2); a3 = _mm512_add_epi64(a3, x3)

#define TURN512(a0, a1, a2, a3, x0, x1, x2, x3, n)                                                    \
    a0 = _mm512_ror_epi64(_mm512_xor_si512(a0, x0), n); a1 = _mm512_ror_epi64(_mm512_xor_si512(a1, x1), n); \
    a2 = _mm512_ror_epi64(_mm512_xor_si512(a2, x2), n); a3 = _mm512_ror_epi64(_mm512_xor_si512(a3, x3), n)

#define HALF512(b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3, x0, x1, x2, x3, n, k)                 \
    ADD512(v[0], v[1], v[2], v[3], x0, x1, x2, x3);                                                   \
    ADD512(v[0], v[1], v[2], v[3], b0, b1, b2, b3);                                                   \
    TURN512(d0, d1, d2, d3, v[0], v[1], v[2], v[3], n);                                               \
    ADD512(c0, c1, c2, c3, d0, d1, d2, d3);                                                           \
    TURN512(b0, b1, b2, b3, c0, c1, c2, c3, k)

/// Step by step through all four: in the order that a compiler finds for one after another, a tenth of the time is lost.
#define FOUR512(b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3, x0, x1, x2, x3, y0, y1, y2, y3)       \
    HALF512(b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3, x0, x1, x2, x3, 32, 24);                  \
    HALF512(b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3, y0, y1, y2, y3, 16, 63)

/// Eight rows of eight words become eight columns.
CK_AVX512 CK_LANE_INLINE void turn8(__m512i *r) {
    __m512i t[8], u[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        u[i] = _mm512_shuffle_i64x2(t[i], t[2 + i], 0x88);
        u[2 + i] = _mm512_shuffle_i64x2(t[i], t[2 + i], 0xdd);
        u[4 + i] = _mm512_shuffle_i64x2(t[4 + i], t[6 + i], 0x88);
        u[6 + i] = _mm512_shuffle_i64x2(t[4 + i], t[6 + i], 0xdd);
    }
    for (int i = 0; i < 2; i++) {
        r[i] = _mm512_shuffle_i64x2(u[i], u[4 + i], 0x88);
        r[4 + i] = _mm512_shuffle_i64x2(u[i], u[4 + i], 0xdd);
        r[2 + i] = _mm512_shuffle_i64x2(u[2 + i], u[6 + i], 0x88);
        r[6 + i] = _mm512_shuffle_i64x2(u[2 + i], u[6 + i], 0xdd);
    }
}

CK_AVX512 static uint64_t eight(
    uint8_t *digests, const uint8_t *const *pieces, size_t bytes, size_t lanes, const uint8_t *personal
) {
    uint64_t start[8];
    uint8_t last[8][BLOCK];
    __m512i h[8], v[16], m[16], seen = _mm512_setzero_si512();
    begin(start, personal);
    for (int i = 0; i < 8; i++) h[i] = _mm512_set1_epi64((long long)start[i]);
    for (size_t at = 0, blocks = block_count(bytes); at < blocks; at++) {
        for (int l = 0; l < 8; l++) {
            const uint8_t *block = block_of(pieces[l], bytes, at, last[l]);
            m[l] = _mm512_loadu_si512(block);
            m[8 + l] = _mm512_loadu_si512(block + 64);
            seen = _mm512_ternarylogic_epi64(seen, m[l], m[8 + l], 0xfe);
        }
        turn8(m);
        turn8(m + 8);
        for (int i = 0; i < 8; i++) { v[i] = h[i]; v[8 + i] = _mm512_set1_epi64((long long)iv[i]); }
        const uint64_t length = at + 1 == blocks ? bytes : (at + 1) * BLOCK;
        v[12] = _mm512_xor_si512(v[12], _mm512_set1_epi64((long long)length));
        if (at + 1 == blocks) v[14] = _mm512_xor_si512(v[14], _mm512_set1_epi64(-1));
        ALL_ROUNDS(FOUR512);
        for (int i = 0; i < 8; i++) h[i] = _mm512_ternarylogic_epi64(h[i], v[i], v[8 + i], 0x96);
    }
    turn8(h);
    for (size_t l = 0; l < lanes; l++) _mm256_storeu_si256((__m256i *)(digests + DIGEST * l), _mm512_castsi512_si256(h[l]));
    return (uint64_t)_mm512_reduce_or_epi64(seen);
}

// MARK: AVX2

#define HALF256(a, b, c, d, x, turned_d, turned_b)                                                    \
    a = _mm256_add_epi64(_mm256_add_epi64(a, x), b); d = turned_d(_mm256_xor_si256(d, a));            \
    c = _mm256_add_epi64(c, d); b = turned_b(_mm256_xor_si256(b, c))

#define BY32(x) _mm256_shuffle_epi32(x, 0xb1)
#define BY24(x) _mm256_shuffle_epi8(x, by24)
#define BY16(x) _mm256_shuffle_epi8(x, by16)
#define BY63(x) by63(x)

#define ONE256(a, b, c, d, x, y) HALF256(a, b, c, d, x, BY32, BY24); HALF256(a, b, c, d, y, BY16, BY63)

#define FOUR256(b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3, x0, x1, x2, x3, y0, y1, y2, y3)       \
    ONE256(v[0], b0, c0, d0, x0, y0); ONE256(v[1], b1, c1, d1, x1, y1);                               \
    ONE256(v[2], b2, c2, d2, x2, y2); ONE256(v[3], b3, c3, d3, x3, y3)

CK_AVX2 CK_LANE_INLINE __m256i by63(__m256i x) { return _mm256_or_si256(_mm256_srli_epi64(x, 63), _mm256_add_epi64(x, x)); }

CK_AVX2 CK_LANE_INLINE void turn4(__m256i *r) {
    __m256i a = _mm256_unpacklo_epi64(r[0], r[1]), b = _mm256_unpackhi_epi64(r[0], r[1]);
    __m256i c = _mm256_unpacklo_epi64(r[2], r[3]), d = _mm256_unpackhi_epi64(r[2], r[3]);
    r[0] = _mm256_permute2x128_si256(a, c, 0x20);
    r[1] = _mm256_permute2x128_si256(b, d, 0x20);
    r[2] = _mm256_permute2x128_si256(a, c, 0x31);
    r[3] = _mm256_permute2x128_si256(b, d, 0x31);
}

CK_AVX2 static uint64_t four(
    uint8_t *digests, const uint8_t *const *pieces, size_t bytes, size_t lanes, const uint8_t *personal
) {
    const __m256i by24 = _mm256_broadcastsi128_si256(_mm_set_epi8(10, 9, 8, 15, 14, 13, 12, 11, 2, 1, 0, 7, 6, 5, 4, 3));
    const __m256i by16 = _mm256_broadcastsi128_si256(_mm_set_epi8(9, 8, 15, 14, 13, 12, 11, 10, 1, 0, 7, 6, 5, 4, 3, 2));
    uint64_t start[8];
    uint8_t last[4][BLOCK];
    __m256i h[8], v[16], m[16], seen = _mm256_setzero_si256();
    begin(start, personal);
    for (int i = 0; i < 8; i++) h[i] = _mm256_set1_epi64x((long long)start[i]);
    for (size_t at = 0, blocks = block_count(bytes); at < blocks; at++) {
        const uint8_t *block[4];
        for (int l = 0; l < 4; l++) block[l] = block_of(pieces[l], bytes, at, last[l]);
        for (int q = 0; q < 4; q++) {
            for (int l = 0; l < 4; l++) {
                m[4 * q + l] = _mm256_loadu_si256((const __m256i *)(block[l] + 32 * q));
                seen = _mm256_or_si256(seen, m[4 * q + l]);
            }
            turn4(m + 4 * q);
        }
        for (int i = 0; i < 8; i++) { v[i] = h[i]; v[8 + i] = _mm256_set1_epi64x((long long)iv[i]); }
        const uint64_t length = at + 1 == blocks ? bytes : (at + 1) * BLOCK;
        v[12] = _mm256_xor_si256(v[12], _mm256_set1_epi64x((long long)length));
        if (at + 1 == blocks) v[14] = _mm256_xor_si256(v[14], _mm256_set1_epi64x(-1));
        ALL_ROUNDS(FOUR256);
        for (int i = 0; i < 8; i++) h[i] = _mm256_xor_si256(h[i], _mm256_xor_si256(v[i], v[8 + i]));
    }
    turn4(h);
    for (size_t l = 0; l < lanes; l++) _mm256_storeu_si256((__m256i *)(digests + DIGEST * l), h[l]);
    uint64_t words[4];
    _mm256_storeu_si256((__m256i *)words, seen);
    return words[0] | words[1] | words[2] | words[3];
}
#endif

uint64_t ck_blake2b_pieces(
    uint8_t *digests, const uint8_t *data, size_t bytes, size_t count, const uint8_t *personal, int path
) {
    uint64_t seen = 0;
    size_t width = 2;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    width = path == CK_LANES_AVX512 ? 8 : path == CK_LANES_AVX2 ? 4 : 2;
#endif
    for (size_t at = 0; at < count; at += width) {
        size_t lanes = count - at < width ? count - at : width;
        if (lanes == 1) {
            seen |= one(digests + DIGEST * at, data + bytes * at, bytes, personal);
            continue;
        }
        // Lanes without a piece of their own do the first one's work again.
        const uint8_t *pieces[MOST_LANES];
        for (size_t l = 0; l < MOST_LANES; l++) pieces[l] = data + bytes * (at + (l < lanes ? l : 0));
#if CK_LANES_X86
        if (width == 8) seen |= eight(digests + DIGEST * at, pieces, bytes, lanes, personal);
        if (width == 4) seen |= four(digests + DIGEST * at, pieces, bytes, lanes, personal);
#endif
        if (width == 2) seen |= two(digests + DIGEST * at, pieces, bytes, personal);
    }
    return seen;
}
