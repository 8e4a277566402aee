// Exponentiation of one number at a time: fixed windows and the comb, with selections that read every entry.

#include "mont_internal.h"

CK_INLINE uint64_t equal_mask(uint64_t a, uint64_t b) {
    uint64_t x = a ^ b;
    uint64_t mask = ((x | ((uint64_t)0 - x)) >> 63) - 1;
    __asm__("" : "+r"(mask));
    return mask;
}

/// A table is cut into slices of eight limbs, each holding that part of all entries, so that a slice stays in the
/// first-level cache while up to CK_FELLOWS indices read all of it. r[f * limbs ...] = entry index[f].
#define SELECT_BODY(FELLOWS)                                                                \
    for (size_t l = 0; l < limbs; l += 8) {                                                 \
        const uint64_t *slice = table + l * entries;                                        \
        uint64_t sum[FELLOWS][8] = {{0}};                                                   \
        for (size_t e = 0; e < entries; e++) {                                              \
            for (size_t f = 0; f < FELLOWS; f++) {                                          \
                uint64_t mask = equal_mask(e, index[f]);                                    \
                for (size_t j = 0; j < 8; j++) sum[f][j] |= slice[e * 8 + j] & mask;        \
            }                                                                               \
        }                                                                                   \
        for (size_t f = 0; f < FELLOWS; f++)                                                \
            for (size_t j = 0; j < 8 && l + j < limbs; j++) r[f * limbs + l + j] = sum[f][j]; \
    }

#define SELECT_FUNCTION(NAME)                                                                             \
    static void NAME(                                                                                     \
        uint64_t *r, const uint64_t *table, size_t entries, size_t limbs, const uint64_t *index, int many) { \
        if (many) {                                                                                       \
            SELECT_BODY(CK_FELLOWS)                                                                       \
        } else {                                                                                          \
            SELECT_BODY(1)                                                                                \
        }                                                                                                 \
    }

SELECT_FUNCTION(select_plain)
#if CK_X86
__attribute__((target("avx2"))) SELECT_FUNCTION(select_avx2)
#endif

static void select_entries(
    uint64_t *r, const uint64_t *table, size_t entries, size_t limbs, const uint64_t *index, int many) {
#if CK_X86
    if (__builtin_cpu_supports("avx2")) {
        select_avx2(r, table, entries, limbs, index, many);
        return;
    }
#endif
    select_plain(r, table, entries, limbs, index, many);
}

void ck_p_place(uint64_t *table, const uint64_t *entry, size_t number, size_t entries, size_t limbs) {
    for (size_t l = 0; l < ck_round8(limbs); l++)
        table[l / 8 * 8 * entries + number * 8 + l % 8] = l < limbs ? entry[l] : 0;
}

void ck_p_exp(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t bits, int shared,
    size_t count, uint64_t *scratch) {
    size_t n = m->limbs, width = ck_window_width(bits), entries = (size_t)1 << width;
    size_t step = shared ? 0 : ck_exponent_limbs(bits);
    uint64_t *product = scratch, *x = product + CK_P_SCRATCH(n), *y = x + n, *powers = y + n;
    uint64_t *table = powers + entries * n;
    for (size_t i = 0; i < count; i++) {
        const uint64_t *e = exponent + i * step;
        memcpy(powers, ck_q_one(m), n * sizeof *powers);
        ck_q_enter(m, powers + n, base + i * n, product);
        for (size_t k = 2; k < entries; k += 2) {
            ck_q_sqr(m, powers + k * n, powers + k / 2 * n, product);
            ck_q_mul(m, powers + (k + 1) * n, powers + k * n, powers + n, product);
        }
        for (size_t k = 0; k < entries; k++) ck_p_place(table, powers + k * n, k, entries, n);
        size_t at = ck_last_window(bits, width);
        uint64_t index = ck_exponent_window(e, bits, at, width);
        select_entries(x, table, entries, n, &index, 0);
        while (at != 0) {
            at -= width;
            for (size_t k = 0; k < width; k++) ck_q_sqr(m, x, x, product);
            index = ck_exponent_window(e, bits, at, width);
            select_entries(y, table, entries, n, &index, 0);
            ck_q_mul(m, x, x, y, product);
        }
        ck_wipe(&index, sizeof index);
        ck_q_leave(m, out + i * n, x, product);
    }
}

void ck_p_comb_exp(const ck_comb *c, uint64_t *out, const uint64_t *exponents, size_t count, uint64_t *scratch) {
    const ck_mont *m = c->mont;
    size_t n = m->limbs, entries = (size_t)1 << c->teeth, step = ck_exponent_limbs(c->exponent_bits);
    size_t block_limbs = entries * ck_round8(n);
    uint64_t *product = scratch, *x = product + CK_P_SCRATCH(n), *y = x + CK_FELLOWS * n;
    for (size_t i = 0; i < count; i += CK_FELLOWS) {
        size_t fellows = count - i < CK_FELLOWS ? count - i : CK_FELLOWS;
        uint64_t index[CK_FELLOWS] = {0};
        int started = 0;
        for (size_t k = c->columns_per_block; k-- != 0;) {
            for (size_t f = 0; started && f < fellows; f++) ck_q_sqr(m, x + f * n, x + f * n, product);
            for (size_t j = 0; j < c->blocks; j++) {
                size_t column = j * c->columns_per_block + k;
                if (column >= c->columns) continue;
                for (size_t f = 0; f < fellows; f++)
                    index[f] = ck_comb_digit(c, exponents + (i + f) * step, column);
                select_entries(started ? y : x, c->table + j * block_limbs, entries, n, index, fellows > 1);
                for (size_t f = 0; started && f < fellows; f++)
                    ck_q_mul(m, x + f * n, x + f * n, y + f * n, product);
                started = 1;
            }
        }
        ck_wipe(index, sizeof index);
        for (size_t f = 0; f < fellows; f++) ck_q_leave(m, out + (i + f) * n, x + f * n, product);
    }
}
