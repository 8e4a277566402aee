// Exponentiation of eight bases at once by fixed windows, every lane with its own secret exponent.

#include "mont_internal.h"

#if CK_X86

/// A table is cut into slices of ten (or, at the end, five) digits, each holding that part of all entries, so that a
/// selection reads memory from front to back.
enum { SLICE = 10 };

CK_INLINE ck_v *part(ck_v *table, size_t entries, size_t digits, size_t entry, size_t at) {
    size_t width = digits - at < SLICE ? digits - at : SLICE;
    return table + at * entries + entry * width;
}

CK_IFMA static void place(ck_v *table, size_t entries, size_t digits, size_t entry, const ck_v *a) {
    for (size_t i = 0; i < digits; i++) part(table, entries, digits, entry, i / SLICE * SLICE)[i % SLICE] = a[i];
}

/// The entry of a public number.
CK_IFMA static void fetch(ck_v *r, ck_v *table, size_t entries, size_t digits, size_t entry) {
    for (size_t i = 0; i < digits; i++) r[i] = part(table, entries, digits, entry, i / SLICE * SLICE)[i % SLICE];
}

CK_IFMA CK_INLINE void select_slice(ck_v *r, const ck_v *slice, size_t entries, size_t width, ck_v index) {
    const ck_v one = _mm512_set1_epi64(1);
    ck_v sum[SLICE], number = _mm512_setzero_si512();
    for (size_t j = 0; j < width; j++) sum[j] = _mm512_setzero_si512();
    for (size_t e = 0; e < entries; e++, slice += width) {
        __mmask8 k = _mm512_cmpeq_epi64_mask(number, index);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < width; j++) sum[j] = _mm512_mask_mov_epi64(sum[j], k, slice[j]);
        number = _mm512_add_epi64(number, one);
    }
    for (size_t j = 0; j < width; j++) r[j] = sum[j];
}

/// r = in every lane the table entry that the lane's index names. All entries are read; lanes are merged by masks.
CK_IFMA static void select_own(ck_v *r, const ck_v *table, size_t entries, size_t digits, ck_v index) {
    size_t i = 0;
    for (; i + SLICE <= digits; i += SLICE) select_slice(r + i, table + i * entries, entries, SLICE, index);
    if (i < digits) select_slice(r + i, table + i * entries, entries, CK_BLOCK, index);
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
        ck_x_one(m, y);
        place(table, entries, d, 0, y);
        ck_x_enter(m, x, base + i * n, n, lanes, work);
        place(table, entries, d, 1, x);
        for (size_t k = 2; k < entries; k += 2) {
            fetch(y, table, entries, d, k / 2);
            ck_x_sqr(m, y, y, work);
            place(table, entries, d, k, y);
            ck_x_mul(m, y, y, x, work);
            place(table, entries, d, k + 1, y);
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
