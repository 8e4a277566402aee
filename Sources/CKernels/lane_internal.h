#ifndef CK_LANE_INTERNAL_H
#define CK_LANE_INTERNAL_H

#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__) && (defined(__clang__) || defined(__GNUC__))
#define CK_LANES_X86 1
#include <immintrin.h>
#define CK_AVX2 __attribute__((target("avx2")))
#define CK_AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq")))
#define CK_AESNI __attribute__((target("aes,avx")))
#define CK_VAES256 __attribute__((target("aes,vaes,avx2")))
#define CK_VAES __attribute__((target("aes,vaes,avx512f,avx512vl,avx512bw,avx512dq")))
#else
#define CK_LANES_X86 0
#endif

#define CK_LANE_INLINE static inline __attribute__((always_inline))

/// What a kernel does with its keystream.
typedef enum { CK_STORE, CK_ADD, CK_SUBTRACT } ck_lane_mode;

/// Bits of the lanes: top has the highest of every lane, low all others.
typedef struct {
    uint64_t top, low;
} ck_lane_bits;

/// Works through `groups` whole groups of words; a group is a number of 64-byte blocks of the kernel's own choice.
typedef void (*ck_stream_run)(
    uint64_t *words, size_t groups, uint32_t first_block, const uint8_t *schedule, ck_lane_bits bits);

/// Lanes in two halves, each with room above every lane, so that many words are added before any carry is looked at.
typedef struct {
    /// The lanes of even number, and all lanes.
    uint64_t even, used;
    /// What the sum of the even lanes, and of all, starts from: the highest bit of the room above each lane, where that
    /// ends inside the word, and what complements leave to be made up for.
    uint64_t even_start, start;
} ck_lane_halves;

/// Adds the keystreams of at most CK_MOST_TOGETHER schedules to each group of words before the next group.
typedef void (*ck_stream_run_together)(
    uint64_t *words, size_t groups, uint32_t first_block, const ck_mask *masks, size_t count, ck_lane_halves halves);

/// A generator on one path: a function that stores keystream, and either one each to add and to subtract that of one
/// mask, or one for several masks at once. `group_blocks` blocks of 64 bytes are a group.
typedef struct {
    ck_stream_run run[3];
    ck_stream_run_together together;
    uint32_t group_blocks;
} ck_stream_kernel;

/// The most blocks of a group.
#define CK_MOST_GROUP_BLOCKS 16

/// Half of what the room above a lane of 8 bits takes.
#define CK_MOST_TOGETHER 64

extern const ck_stream_kernel ck_chacha_portable;
#if CK_LANES_X86
extern const ck_stream_kernel ck_chacha_avx2, ck_chacha_avx512, ck_aes_ni, ck_aes_vaes256, ck_aes_vaes;
void ck_aes256_expand(uint8_t *schedule, const uint8_t *key);
int ck_has_aes(void);
int ck_has_vaes(void);
#endif

/// The path for everything but AES, which alone tells CK_LANES_VAES from CK_LANES_AVX2.
int ck_vectors_path(int path);

CK_LANE_INLINE uint64_t ck_little64(uint64_t x) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(x);
#else
    return x;
#endif
}

/// One word of lanes: x + y or x - y for a keystream word y, whose bits outside the lanes do not count.
CK_LANE_INLINE uint64_t ck_lane_word(uint64_t x, uint64_t y, ck_lane_bits b, int subtract) {
    return subtract ? ((x | b.top) - (y & b.low)) ^ (~(x ^ y) & b.top) : ((x & ~b.top) + (y & b.low)) ^ ((x ^ y) & b.top);
}

#if CK_LANES_X86
/// Eight words of keystream go where the mode wants them.
CK_AVX512 CK_LANE_INLINE void ck_lanes512(uint64_t *w, __m512i y, __m512i top, __m512i low, ck_lane_mode mode) {
    if (mode == CK_STORE) {
        _mm512_storeu_si512(w, y);
        return;
    }
    __m512i x = _mm512_loadu_si512(w), cut = _mm512_and_si512(y, low), sum;
    if (mode == CK_ADD)
        sum = _mm512_add_epi64(_mm512_andnot_si512(top, x), cut);
    else
        sum = _mm512_sub_epi64(_mm512_or_si512(x, top), cut);
    // (x ^ y) & top, and with ~(x ^ y) for the difference.
    __m512i tops = mode == CK_ADD ? _mm512_ternarylogic_epi64(x, y, top, 0x28) : _mm512_ternarylogic_epi64(x, y, top, 0x82);
    _mm512_storeu_si512(w, _mm512_xor_si512(sum, tops));
}

CK_AVX2 CK_LANE_INLINE void ck_lanes256(uint64_t *w, __m256i y, __m256i top, __m256i low, ck_lane_mode mode) {
    if (mode == CK_STORE) {
        _mm256_storeu_si256((__m256i *)w, y);
        return;
    }
    __m256i x = _mm256_loadu_si256((const __m256i *)w), cut = _mm256_and_si256(y, low), both = _mm256_xor_si256(x, y), r;
    if (mode == CK_ADD)
        r = _mm256_xor_si256(_mm256_add_epi64(_mm256_andnot_si256(top, x), cut), _mm256_and_si256(both, top));
    else
        r = _mm256_xor_si256(_mm256_sub_epi64(_mm256_or_si256(x, top), cut), _mm256_andnot_si256(both, top));
    _mm256_storeu_si256((__m256i *)w, r);
}
#endif

#endif
