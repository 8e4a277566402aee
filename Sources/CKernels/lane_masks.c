// Masks, tile by tile; what is left of a tile behind the last whole group goes through a block buffer.

#include "lane_internal.h"

/// Words of a tile: 16 KiB, which leave room in a first-level cache for what the kernels spill.
enum { TILE_WORDS = 2048, BLOCK_WORDS = 8 };

/// The kernel of a generator on a real path, null when it cannot run there.
static const ck_stream_kernel *kernel(int generator, int path) {
    (void)path;
    if (generator == CK_CHACHA20) {
#if CK_LANES_X86
        if (path == CK_LANES_AVX512) return &ck_chacha_avx512;
        if (path >= CK_LANES_AVX2) return &ck_chacha_avx2;
#endif
        return &ck_chacha_portable;
    }
#if CK_LANES_X86
    if (generator == CK_AES256_CTR && path >= CK_LANES_AVX2 && ck_has_aes()) {
        if (path == CK_LANES_AVX2 || !ck_has_vaes()) return &ck_aes_ni;
        return path == CK_LANES_AVX512 ? &ck_aes_vaes : &ck_aes_vaes256;
    }
#endif
    return NULL;
}

int ck_generator_runs(int generator, int path) { return kernel(generator, ck_lanes_path(path)) != NULL; }

const char *ck_generator_path_name(int generator, int path) {
    const ck_stream_kernel *k = kernel(generator, ck_lanes_path(path));
#if CK_LANES_X86
    if (k == &ck_chacha_avx512) return "avx512";
    if (k == &ck_chacha_avx2) return "avx2";
    if (k == &ck_aes_vaes) return "vaes512";
    if (k == &ck_aes_vaes256) return "vaes256";
    if (k == &ck_aes_ni) return "aes-ni";
#endif
    return k == &ck_chacha_portable ? "portable" : "none";
}

int ck_mask_init(ck_mask *mask, int generator, const uint8_t *key, int subtract) {
    memset(mask, 0, sizeof *mask);
    if (kernel(generator, ck_lanes_best()) == NULL) return -1;
    mask->generator = (uint32_t)generator;
    mask->subtract = subtract != 0;
#if CK_LANES_X86
    if (generator == CK_AES256_CTR) {
        ck_aes256_expand(mask->schedule, key);
        // -y is ~y + 1, and the last thing that AES does is an exclusive or with its last round key.
        for (int i = 224; i < 240; i++) mask->schedule[i] ^= (uint8_t)(0 - mask->subtract);
        return 0;
    }
#endif
    memcpy(mask->schedule, key, 32);
    return 0;
}

int ck_keystream(int generator, uint8_t *out, size_t bytes, uint64_t first_block, const uint8_t *key, int path) {
    const ck_stream_kernel *k = kernel(generator, ck_lanes_path(path));
    ck_mask mask;
    if (k == NULL || ck_mask_init(&mask, generator, key, 0) != 0) return -1;
    const ck_lane_bits none = {0, 0};
    size_t group = (size_t)64 * k->group_blocks, groups = bytes / group;
    // The kernels store by unaligned vectors or by memcpy: the address need not be that of a word.
    k->run[CK_STORE]((uint64_t *)(void *)out, groups, (uint32_t)first_block, mask.schedule, none);
    size_t done = groups * group;
    if (done < bytes) {
        uint64_t rest[CK_MOST_GROUP_BLOCKS * BLOCK_WORDS];
        k->run[CK_STORE](rest, 1, (uint32_t)(first_block + done / 64), mask.schedule, none);
        memcpy(out + done, rest, bytes - done);
        ck_wipe(rest, sizeof rest);
    }
    ck_wipe(&mask, sizeof mask);
    return 0;
}

/// One mask on words that begin with a block, by a kernel that takes one at a time.
static void apply(const ck_mask *m, const ck_stream_kernel *k, uint64_t *w, size_t count, uint64_t block, ck_lane_bits b) {
    size_t group = (size_t)BLOCK_WORDS * k->group_blocks, groups = count / group;
    k->run[m->subtract ? CK_SUBTRACT : CK_ADD](w, groups, (uint32_t)block, m->schedule, b);
    size_t done = groups * group;
    if (done == count) return;
    uint64_t rest[CK_MOST_GROUP_BLOCKS * BLOCK_WORDS];
    k->run[CK_STORE](rest, 1, (uint32_t)(block + done / BLOCK_WORDS), m->schedule, b);
    for (size_t i = done; i < count; i++) w[i] = ck_lane_word(w[i], ck_little64(rest[i - done]), b, (int)m->subtract);
    ck_wipe(rest, sizeof rest);
}

/// Several masks of one generator; the last words are put into a group of their own.
static void apply_together(
    const ck_mask *m, size_t masks, const ck_stream_kernel *k, uint64_t *w, size_t count, uint64_t block, ck_lane_halves h
) {
    // Complements in place of negatives leave one too little in the whole word, and the even lanes once too often.
    uint64_t complements = 0;
    for (size_t i = 0; i < masks; i++) complements += m[i].subtract;
    h.start += complements;
    h.even_start -= complements * h.even;
    size_t group = (size_t)BLOCK_WORDS * k->group_blocks, groups = count / group, done = groups * group;
    k->together(w, groups, (uint32_t)block, m, masks, h);
    if (done == count) return;
    uint64_t rest[CK_MOST_GROUP_BLOCKS * BLOCK_WORDS] = {0};
    memcpy(rest, w + done, 8 * (count - done));
    k->together(rest, 1, (uint32_t)(block + done / BLOCK_WORDS), m, masks, h);
    memcpy(w + done, rest, 8 * (count - done));
    ck_wipe(rest, sizeof rest);
}

static ck_lane_halves halves_of(uint64_t top, uint64_t used) {
    unsigned width = 1 + (unsigned)__builtin_ctzll(top);
    uint64_t lane = width == 64 ? ~(uint64_t)0 : ((uint64_t)1 << width) - 1;
    ck_lane_halves h = {0, used, 0, 0};
    for (unsigned at = 0, i = 0; at + width <= 64; at += width, i++) {
        uint64_t room = at + 2 * width <= 64 ? (uint64_t)1 << (at + 2 * width - 1) : 0;
        h.start += room;
        if (i % 2 == 0) {
            h.even |= lane << at;
            h.even_start += room;
        }
    }
    return h;
}

int ck_mask_apply(
    const ck_mask *masks, size_t mask_count, uint64_t *words, size_t count, uint64_t first_word, uint64_t used,
    uint64_t top, int path
) {
    path = ck_lanes_path(path);
    const ck_lane_bits bits = {top, used & ~top};
    const ck_lane_halves halves = halves_of(top, used);
    for (size_t m = 0; m < mask_count; m++)
        if (kernel((int)masks[m].generator, path) == NULL) return -1;
    for (size_t at = 0; at < count; at += TILE_WORDS) {
        size_t n = count - at < TILE_WORDS ? count - at : TILE_WORDS;
        uint64_t block = (first_word + at) / BLOCK_WORDS;
        for (size_t m = 0, step = 1; m < mask_count; m += step, step = 1) {
            const ck_stream_kernel *k = kernel((int)masks[m].generator, path);
            if (k->together == NULL) {
                apply(masks + m, k, words + at, n, block, bits);
                continue;
            }
            while (m + step < mask_count && step < CK_MOST_TOGETHER && masks[m + step].generator == masks[m].generator)
                step++;
            apply_together(masks + m, step, k, words + at, n, block, halves);
        }
    }
    return 0;
}

// MARK: Sums of words

CK_LANE_INLINE uint64_t word_at(const uint8_t *t, size_t i) {
    uint64_t x;
    memcpy(&x, t + 8 * i, 8);
    return ck_little64(x);
}

static void sum_portable(uint64_t *s, const uint8_t *t, size_t count, ck_lane_bits b, int subtract) {
    if (subtract)
        for (size_t i = 0; i < count; i++) s[i] = ck_lane_word(s[i], word_at(t, i), b, 1);
    else
        for (size_t i = 0; i < count; i++) s[i] = ck_lane_word(s[i], word_at(t, i), b, 0);
}

uint64_t ck_lanes_union(const void *words, size_t count) {
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) bits |= word_at(words, i);
    return bits;
}

#if CK_LANES_X86
CK_AVX2 static size_t sum_avx2(uint64_t *s, const uint8_t *t, size_t count, ck_lane_bits b, ck_lane_mode mode) {
    const __m256i top = _mm256_set1_epi64x((long long)b.top), low = _mm256_set1_epi64x((long long)b.low);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) ck_lanes256(s + i, _mm256_loadu_si256((const __m256i *)(t + 8 * i)), top, low, mode);
    return i;
}

CK_AVX512 static size_t sum_avx512(uint64_t *s, const uint8_t *t, size_t count, ck_lane_bits b, ck_lane_mode mode) {
    const __m512i top = _mm512_set1_epi64((long long)b.top), low = _mm512_set1_epi64((long long)b.low);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) ck_lanes512(s + i, _mm512_loadu_si512(t + 8 * i), top, low, mode);
    return i;
}
#endif

void ck_lanes_add(
    uint64_t *sum, const void *term, size_t count, uint64_t used, uint64_t top, int subtract, int path
) {
    const ck_lane_bits bits = {top, used & ~top};
    size_t done = 0;
    path = ck_vectors_path(path);
#if CK_LANES_X86
    if (path == CK_LANES_AVX512)
        done = subtract ? sum_avx512(sum, term, count, bits, CK_SUBTRACT) : sum_avx512(sum, term, count, bits, CK_ADD);
    if (path == CK_LANES_AVX2)
        done = subtract ? sum_avx2(sum, term, count, bits, CK_SUBTRACT) : sum_avx2(sum, term, count, bits, CK_ADD);
#endif
    sum_portable(sum + done, (const uint8_t *)term + 8 * done, count - done, bits, subtract);
}
