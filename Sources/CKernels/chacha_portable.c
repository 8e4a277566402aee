// ChaCha20, four blocks at a time in vectors of four 32-bit words: plain C that any processor runs.

#include "lane_internal.h"

typedef uint32_t v4 __attribute__((vector_size(16)));
typedef uint64_t d2 __attribute__((vector_size(16)));

#define ROTATE(x, n) (((x) << (n)) | ((x) >> (32 - (n))))
#define QUARTER(a, b, c, d)                                                \
    do {                                                                   \
        a += b; d ^= a; d = ROTATE(d, 16);                                 \
        c += d; b ^= c; b = ROTATE(b, 12);                                 \
        a += b; d ^= a; d = ROTATE(d, 8);                                  \
        c += d; b ^= c; b = ROTATE(b, 7);                                  \
    } while (0)

CK_LANE_INLINE uint32_t little32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

CK_LANE_INLINE v4 all(uint32_t x) { return (v4){x, x, x, x}; }

/// Two 32-bit words a number as 64-bit words, the earlier one in the low half.
CK_LANE_INLINE d2 words(v4 x) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_shufflevector(x, x, 1, 0, 3, 2);
#endif
    return (d2)x;
}

CK_LANE_INLINE void place(uint64_t *w, v4 part, ck_lane_bits bits, ck_lane_mode mode) {
    d2 y = words(part), x;
    if (mode == CK_STORE) {
        y = (d2){ck_little64(y[0]), ck_little64(y[1])};
        memcpy(w, &y, 16);
        return;
    }
    d2 top = {bits.top, bits.top}, low = {bits.low, bits.low};
    memcpy(&x, w, 16);
    x = mode == CK_ADD ? ((x & ~top) + (y & low)) ^ ((x ^ y) & top) : ((x | top) - (y & low)) ^ (~(x ^ y) & top);
    memcpy(w, &x, 16);
}

CK_LANE_INLINE void run(
    uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits, ck_lane_mode mode
) {
    uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (int i = 0; i < 8; i++) start[4 + i] = little32(key + 4 * i);
    for (; groups > 0; groups--, w += 32, block += 4) {
        v4 x[16], counter = all(block) + (v4){0, 1, 2, 3};
        for (int i = 0; i < 16; i++) x[i] = all(start[i]);
        x[12] = counter;
        for (int round = 0; round < 10; round++) {
            QUARTER(x[0], x[4], x[8], x[12]);
            QUARTER(x[1], x[5], x[9], x[13]);
            QUARTER(x[2], x[6], x[10], x[14]);
            QUARTER(x[3], x[7], x[11], x[15]);
            QUARTER(x[0], x[5], x[10], x[15]);
            QUARTER(x[1], x[6], x[11], x[12]);
            QUARTER(x[2], x[7], x[8], x[13]);
            QUARTER(x[3], x[4], x[9], x[14]);
        }
        for (int i = 0; i < 16; i++) x[i] += i == 12 ? counter : all(start[i]);
        for (int g = 0; g < 4; g++) {
            v4 a = __builtin_shufflevector(x[4 * g], x[4 * g + 1], 0, 4, 1, 5);
            v4 b = __builtin_shufflevector(x[4 * g], x[4 * g + 1], 2, 6, 3, 7);
            v4 c = __builtin_shufflevector(x[4 * g + 2], x[4 * g + 3], 0, 4, 1, 5);
            v4 d = __builtin_shufflevector(x[4 * g + 2], x[4 * g + 3], 2, 6, 3, 7);
            place(w + 2 * g, __builtin_shufflevector(a, c, 0, 1, 4, 5), bits, mode);
            place(w + 8 + 2 * g, __builtin_shufflevector(a, c, 2, 3, 6, 7), bits, mode);
            place(w + 16 + 2 * g, __builtin_shufflevector(b, d, 0, 1, 4, 5), bits, mode);
            place(w + 24 + 2 * g, __builtin_shufflevector(b, d, 2, 3, 6, 7), bits, mode);
        }
    }
    ck_wipe(start, sizeof start);
}

static void store(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run(w, groups, block, key, bits, CK_STORE);
}
static void add(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run(w, groups, block, key, bits, CK_ADD);
}
static void subtract(uint64_t *w, size_t groups, uint32_t block, const uint8_t *key, ck_lane_bits bits) {
    run(w, groups, block, key, bits, CK_SUBTRACT);
}

const ck_stream_kernel ck_chacha_portable = {{store, add, subtract}, NULL, 4};
