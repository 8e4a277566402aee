// Exponentiation of eight bases at once by fixed windows, every lane with its own secret exponent.

#include "mont_internal.h"

#if CK_X86

/// r = in every lane the table entry that the lane's index names. All entries are read; lanes are merged by masks.
CK_IFMA static void select_own(ck_v *r, const ck_v *table, size_t entries, size_t digits, ck_v index) {
    const ck_v one = _mm512_set1_epi64(1);
    for (size_t i = 0; i < digits; i += 20) {
        size_t width = digits - i < 20 ? digits - i : 20;
        ck_v sum[20], number = _mm512_setzero_si512();
#pragma clang loop unroll(full)
        for (int j = 0; j < 20; j++) sum[j] = _mm512_setzero_si512();
        if (width == 20) {
            for (size_t e = 0; e < entries; e++) {
                __mmask8 k = _mm512_cmpeq_epi64_mask(number, index);
#pragma clang loop unroll(full)
                for (int j = 0; j < 20; j++)
                    sum[j] = _mm512_mask_mov_epi64(sum[j], k, table[e * digits + i + (size_t)j]);
                number = _mm512_add_epi64(number, one);
            }
        } else {
            for (size_t e = 0; e < entries; e++) {
                __mmask8 k = _mm512_cmpeq_epi64_mask(number, index);
                for (size_t j = 0; j < width; j++)
                    sum[j] = _mm512_mask_mov_epi64(sum[j], k, table[e * digits + i + j]);
                number = _mm512_add_epi64(number, one);
            }
        }
        for (size_t j = 0; j < width; j++) r[i + j] = sum[j];
    }
}

CK_IFMA static ck_v window_of_lanes(
    const uint64_t *exponent, size_t bits, size_t at, size_t width, size_t step, size_t lanes) {
    uint64_t w[8] = {0};
    for (size_t i = 0; i < lanes; i++) w[i] = ck_exponent_window(exponent + i * step, bits, at, width);
    ck_v v = _mm512_loadu_si512(w);
    ck_wipe(w, sizeof w);
    return v;
}

CK_IFMA void ck_v_exp(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t bits, int shared,
    size_t count, ck_v *scratch) {
    size_t n = m->limbs, d = ck_residue_words(m), width = ck_window_width(bits), entries = (size_t)1 << width;
    size_t step = shared ? 0 : ck_exponent_limbs(bits);
    ck_v *table = scratch, *x = table + entries * d, *y = x + d, *work = y + d;
    for (size_t i = 0; i < count; i += 8) {
        size_t lanes = count - i < 8 ? count - i : 8;
        const uint64_t *e = exponent + i * step;
        ck_x_one(m, table);
        ck_x_enter(m, table + d, base + i * n, n, lanes, work);
        for (size_t k = 2; k < entries; k += 2) {
            ck_x_sqr(m, table + k * d, table + k / 2 * d, work);
            ck_x_mul(m, table + (k + 1) * d, table + k * d, table + d, work);
        }
        size_t at = ck_last_window(bits, width);
        select_own(x, table, entries, d, window_of_lanes(e, bits, at, width, step, lanes));
        while (at != 0) {
            at -= width;
            for (size_t k = 0; k < width; k++) ck_x_sqr(m, x, x, work);
            select_own(y, table, entries, d, window_of_lanes(e, bits, at, width, step, lanes));
            ck_x_mul(m, x, x, y, work);
        }
        ck_x_leave(m, out + i * n, n, lanes, x, work);
    }
}

#endif
