// Montgomery products of eight numbers at once, 52-bit digits, by columns.
//
// Digits are taken in tiles of 5 x 5: 50 multiply-adds on 18 accumulators for 10 loads, so that the multiplier never
// waits. Columns are summed without carries (a column of 4 x 160 products of 52 bits stays below 2^62) and carried once.

#include "mont_internal.h"

#if CK_X86

typedef struct { ck_v lo[9], hi[9]; } tile;

CK_IFMA CK_INLINE void tile_clear(tile *t) {
    for (int i = 0; i < 9; i++) t->lo[i] = t->hi[i] = _mm512_setzero_si512();
}

CK_IFMA CK_INLINE void tile_add(tile *t, const ck_v *x, const ck_v *y) {
    ck_v x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3], x4 = x[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < CK_BLOCK; j++) {
        ck_v v = y[j];
        t->lo[j] = _mm512_madd52lo_epu64(t->lo[j], x0, v);
        t->lo[j + 1] = _mm512_madd52lo_epu64(t->lo[j + 1], x1, v);
        t->lo[j + 2] = _mm512_madd52lo_epu64(t->lo[j + 2], x2, v);
        t->lo[j + 3] = _mm512_madd52lo_epu64(t->lo[j + 3], x3, v);
        t->lo[j + 4] = _mm512_madd52lo_epu64(t->lo[j + 4], x4, v);
        t->hi[j] = _mm512_madd52hi_epu64(t->hi[j], x0, v);
        t->hi[j + 1] = _mm512_madd52hi_epu64(t->hi[j + 1], x1, v);
        t->hi[j + 2] = _mm512_madd52hi_epu64(t->hi[j + 2], x2, v);
        t->hi[j + 3] = _mm512_madd52hi_epu64(t->hi[j + 3], x3, v);
        t->hi[j + 4] = _mm512_madd52hi_epu64(t->hi[j + 4], x4, v);
    }
}

/// The same with one number for all lanes.
CK_IFMA CK_INLINE void tile_add_shared(tile *t, const ck_v *x, const uint64_t *y) {
    ck_v v[CK_BLOCK];
#pragma clang loop unroll(full)
    for (int j = 0; j < CK_BLOCK; j++) v[j] = _mm512_set1_epi64((long long)y[j]);
    tile_add(t, x, v);
}

/// Products of different digits of one block, each once (to be doubled with the rest).
CK_IFMA CK_INLINE void tile_add_cross(tile *t, const ck_v *x) {
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_BLOCK; i++) {
#pragma clang loop unroll(full)
        for (int j = i + 1; j < CK_BLOCK; j++) {
            t->lo[i + j] = _mm512_madd52lo_epu64(t->lo[i + j], x[i], x[j]);
            t->hi[i + j] = _mm512_madd52hi_epu64(t->hi[i + j], x[i], x[j]);
        }
    }
}

CK_IFMA CK_INLINE void tile_add_squares(tile *t, const ck_v *x) {
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_BLOCK; i++) {
        t->lo[2 * i] = _mm512_madd52lo_epu64(t->lo[2 * i], x[i], x[i]);
        t->hi[2 * i] = _mm512_madd52hi_epu64(t->hi[2 * i], x[i], x[i]);
    }
}

CK_IFMA CK_INLINE void tile_double(tile *t) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 9; i++) {
        t->lo[i] = _mm512_add_epi64(t->lo[i], t->lo[i]);
        t->hi[i] = _mm512_add_epi64(t->hi[i], t->hi[i]);
    }
}

/// Ten columns of the tile: those carried over from the tile before are in column[0..5).
CK_IFMA CK_INLINE void tile_columns(ck_v column[10], const tile *t) {
    column[0] = _mm512_add_epi64(column[0], t->lo[0]);
#pragma clang loop unroll(full)
    for (int i = 1; i < 9; i++) {
        ck_v sum = _mm512_add_epi64(t->lo[i], t->hi[i - 1]);
        column[i] = i < CK_BLOCK ? _mm512_add_epi64(column[i], sum) : sum;
    }
    column[9] = t->hi[8];
}

CK_IFMA CK_INLINE void columns_advance(ck_v column[10]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_BLOCK; i++) column[i] = column[i + CK_BLOCK];
}

/// Makes the low five columns divisible: finds five digits of the multiplier and adds its products with m[0..5).
CK_IFMA CK_INLINE void columns_cancel(ck_v column[10], ck_v *q, const uint64_t *m, ck_v inverse) {
    const ck_v mask = _mm512_set1_epi64((long long)CK_DIGIT_MASK), zero = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_BLOCK; i++) {
        ck_v d = _mm512_madd52lo_epu64(zero, column[i], inverse);
        q[i] = d;
        // The low digit cancels, so only its carry is of interest.
        ck_v carry = _mm512_srai_epi64(_mm512_add_epi64(column[i], mask), CK_DIGIT_BITS);
        column[i + 1] = _mm512_add_epi64(column[i + 1], carry);
#pragma clang loop unroll(full)
        for (int j = 1; j < CK_BLOCK; j++)
            column[i + j] = _mm512_madd52lo_epu64(column[i + j], d, _mm512_set1_epi64((long long)m[j]));
#pragma clang loop unroll(full)
        for (int j = 0; j < CK_BLOCK; j++)
            column[i + j + 1] = _mm512_madd52hi_epu64(column[i + j + 1], d, _mm512_set1_epi64((long long)m[j]));
    }
}

CK_IFMA CK_INLINE ck_v columns_output(ck_v *r, const ck_v column[10], ck_v carry) {
    const ck_v mask = _mm512_set1_epi64((long long)CK_DIGIT_MASK);
#pragma clang loop unroll(full)
    for (int i = 0; i < CK_BLOCK; i++) {
        ck_v s = _mm512_add_epi64(column[i], carry);
        r[i] = _mm512_and_si512(s, mask);
        carry = _mm512_srai_epi64(s, CK_DIGIT_BITS);
    }
    return carry;
}

typedef enum { PRODUCT, SQUARE, WIDE } kind;

/// What all kernels share: columns of a b (or of a^2, or given) plus the multiples of m that cancel the low half.
CK_IFMA CK_INLINE void montgomery(
    kind k, ck_v *r, const ck_v *a, const ck_v *b, const uint64_t *m, uint64_t negative_inverse, size_t blocks,
    ck_v *q) {
    const ck_v inverse = _mm512_set1_epi64((long long)(negative_inverse & CK_DIGIT_MASK));
    ck_v column[10], carry = _mm512_setzero_si512();
    for (int i = 0; i < 10; i++) column[i] = _mm512_setzero_si512();
    for (size_t c = 0; c < 2 * blocks - 1; c++) {
        size_t first = c < blocks ? 0 : c - blocks + 1, last = c < blocks ? c : blocks - 1;
        tile t;
        tile_clear(&t);
        if (k == PRODUCT) {
            for (size_t i = first; i <= last; i++) tile_add(&t, a + CK_BLOCK * i, b + CK_BLOCK * (c - i));
        } else if (k == SQUARE) {
            for (size_t i = first; 2 * i < c; i++) tile_add(&t, a + CK_BLOCK * i, a + CK_BLOCK * (c - i));
            if (c % 2 == 0) tile_add_cross(&t, a + CK_BLOCK * (c / 2));
            tile_double(&t);
            if (c % 2 == 0) tile_add_squares(&t, a + CK_BLOCK * (c / 2));
        } else {
            for (int i = 0; i < CK_BLOCK; i++) column[i] = _mm512_add_epi64(column[i], a[CK_BLOCK * c + (size_t)i]);
        }
        size_t end = c < blocks ? c : blocks;
        for (size_t i = first; i < end; i++) tile_add_shared(&t, q + CK_BLOCK * i, m + CK_BLOCK * (c - i));
        tile_columns(column, &t);
        if (c < blocks) {
            columns_cancel(column, q + CK_BLOCK * c, m, inverse);
        } else {
            carry = columns_output(r + CK_BLOCK * (c - blocks), column, carry);
        }
        columns_advance(column);
    }
    if (k == WIDE)
        for (int i = 0; i < CK_BLOCK; i++)
            column[i] = _mm512_add_epi64(column[i], a[CK_BLOCK * (2 * blocks - 1) + (size_t)i]);
    columns_output(r + CK_BLOCK * (blocks - 1), column, carry);
}

/// From this many digits on the product is made first, by halves.
#define SPLIT_MUL 40
#define SPLIT_SQR 60

CK_IFMA void ck_v_mul(const ck_mont *m, ck_v *r, const ck_v *a, const ck_v *b, ck_v *scratch) {
    size_t blocks = m->digits / CK_BLOCK;
    if (m->digits >= SPLIT_MUL && m->digits % 10 == 0) {
        ck_v *t = scratch + m->digits;
        ck_v_wide_mul(t, a, b, m->digits, t + 2 * m->digits);
        montgomery(WIDE, r, t, t, CK_MODULUS52(m), m->negative_inverse, blocks, scratch);
    } else {
        montgomery(PRODUCT, r, a, b, CK_MODULUS52(m), m->negative_inverse, blocks, scratch);
    }
}

CK_IFMA void ck_v_sqr(const ck_mont *m, ck_v *r, const ck_v *a, ck_v *scratch) {
    size_t blocks = m->digits / CK_BLOCK;
    if (m->digits >= SPLIT_SQR && m->digits % 10 == 0) {
        ck_v *t = scratch + m->digits;
        ck_v_wide_sqr(t, a, m->digits, t + 2 * m->digits);
        montgomery(WIDE, r, t, t, CK_MODULUS52(m), m->negative_inverse, blocks, scratch);
    } else {
        montgomery(SQUARE, r, a, a, CK_MODULUS52(m), m->negative_inverse, blocks, scratch);
    }
}

// MARK: Wide products

CK_IFMA CK_INLINE void wide(int square, ck_v *t, const ck_v *a, const ck_v *b, size_t blocks) {
    ck_v column[10];
    for (int i = 0; i < 10; i++) column[i] = _mm512_setzero_si512();
    for (size_t c = 0; c < 2 * blocks - 1; c++) {
        size_t first = c < blocks ? 0 : c - blocks + 1, last = c < blocks ? c : blocks - 1;
        tile s;
        tile_clear(&s);
        if (square) {
            for (size_t i = first; 2 * i < c; i++) tile_add(&s, a + CK_BLOCK * i, a + CK_BLOCK * (c - i));
            if (c % 2 == 0) tile_add_cross(&s, a + CK_BLOCK * (c / 2));
            tile_double(&s);
            if (c % 2 == 0) tile_add_squares(&s, a + CK_BLOCK * (c / 2));
        } else {
            for (size_t i = first; i <= last; i++) tile_add(&s, a + CK_BLOCK * i, b + CK_BLOCK * (c - i));
        }
        tile_columns(column, &s);
        for (int i = 0; i < CK_BLOCK; i++) t[CK_BLOCK * c + (size_t)i] = column[i];
        columns_advance(column);
    }
    for (int i = 0; i < CK_BLOCK; i++) t[CK_BLOCK * (2 * blocks - 1) + (size_t)i] = column[i];
}

/// d = |low half - high half| of a, digits carried; returns the lanes' signs (all ones: negative).
CK_IFMA CK_INLINE ck_v half_difference(ck_v *d, const ck_v *a, size_t half) {
    const ck_v mask = _mm512_set1_epi64((long long)CK_DIGIT_MASK), zero = _mm512_setzero_si512();
    ck_v borrow = zero;
    for (size_t i = 0; i < half; i++) {
        ck_v s = _mm512_add_epi64(_mm512_sub_epi64(a[i], a[half + i]), borrow);
        d[i] = _mm512_and_si512(s, mask);
        borrow = _mm512_srai_epi64(s, CK_DIGIT_BITS);
    }
    // A negative difference is complemented: (not d) + 1 with the carry running through.
    ck_v sign = borrow, carry = _mm512_srli_epi64(sign, 63), flip = _mm512_and_si512(sign, mask);
    for (size_t i = 0; i < half; i++) {
        ck_v s = _mm512_add_epi64(_mm512_xor_si512(d[i], flip), carry);
        d[i] = _mm512_and_si512(s, mask);
        carry = _mm512_srli_epi64(s, CK_DIGIT_BITS);
    }
    return sign;
}

/// t[half...] += low + high - (sign: product of the differences) for z = that product's columns; z is destroyed.
CK_IFMA CK_INLINE void middle_add(ck_v *t, ck_v *z, ck_v sign, size_t half) {
    for (size_t i = 0; i < 2 * half; i++) {
        ck_v product = _mm512_sub_epi64(_mm512_xor_si512(z[i], sign), sign);
        z[i] = _mm512_sub_epi64(_mm512_add_epi64(t[i], t[2 * half + i]), product);
    }
    for (size_t i = 0; i < 2 * half; i++) t[half + i] = _mm512_add_epi64(t[half + i], z[i]);
}

CK_IFMA void ck_v_wide_mul(ck_v *t, const ck_v *a, const ck_v *b, size_t digits, ck_v *scratch) {
    size_t half = digits / 2;
    if (half < SPLIT_MUL / 2 || digits % 10 != 0) {
        wide(0, t, a, b, digits / CK_BLOCK);
        return;
    }
    // The low half of t holds the differences until the product of the differences is made.
    ck_v *z = scratch, *deeper = scratch + digits;
    ck_v sign = half_difference(t, a, half);
    sign = _mm512_xor_si512(sign, half_difference(t + half, b, half));
    ck_v_wide_mul(z, t, t + half, half, deeper);
    ck_v_wide_mul(t, a, b, half, deeper);
    ck_v_wide_mul(t + digits, a + half, b + half, half, deeper);
    middle_add(t, z, sign, half);
}

CK_IFMA void ck_v_wide_sqr(ck_v *t, const ck_v *a, size_t digits, ck_v *scratch) {
    size_t half = digits / 2;
    if (half < SPLIT_SQR / 2 || digits % 10 != 0) {
        wide(1, t, a, a, digits / CK_BLOCK);
        return;
    }
    ck_v *z = scratch, *deeper = scratch + digits;
    half_difference(t, a, half);
    ck_v_wide_sqr(z, t, half, deeper);
    ck_v_wide_sqr(t, a, half, deeper);
    ck_v_wide_sqr(t + digits, a + half, half, deeper);
    middle_add(t, z, _mm512_setzero_si512(), half);
}

#endif
