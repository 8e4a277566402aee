#ifndef CK_IFMA_COLUMNS_H
#define CK_IFMA_COLUMNS_H

// Products by columns: eight numbers at once, 52-bit digits.
//
// Digits are taken in tiles of 5 x 5: 50 multiply-adds on 18 accumulators for 10 loads, so that the multiplier never
// waits. Columns are summed without carries (6 x 160 products of 52 bits stay below 2^62) and carried once.

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

typedef enum { PRODUCT, SQUARE, WIDE, CROSS, TWICE } kind;

/// What all kernels share: columns, and the multiples of m that cancel their low half; r = the high half, q = the
/// multiples. Columns of a b, of a^2, or given in a; for pairs those of a b + c d or of 2 a b, less the digits `minus`.
CK_IFMA CK_INLINE void montgomery(
    kind k, ck_v *r, const ck_v *a, const ck_v *b, const ck_v *c, const ck_v *d, const ck_v *minus, const ck_mont *m,
    ck_v *q) {
    const ck_v inverse = _mm512_set1_epi64((long long)(m->negative_inverse & CK_DIGIT_MASK));
    const uint64_t *modulus = CK_MODULUS52(m);
    size_t blocks = m->digits / CK_BLOCK;
    ck_v column[10], carry = _mm512_setzero_si512();
    for (int i = 0; i < 10; i++) column[i] = _mm512_setzero_si512();
    for (size_t s = 0; s < 2 * blocks - 1; s++) {
        size_t first = s < blocks ? 0 : s - blocks + 1, last = s < blocks ? s : blocks - 1;
        tile t;
        tile_clear(&t);
        if (k == PRODUCT || k == CROSS || k == TWICE) {
            for (size_t i = first; i <= last; i++) tile_add(&t, a + CK_BLOCK * i, b + CK_BLOCK * (s - i));
            if (k == CROSS)
                for (size_t i = first; i <= last; i++) tile_add(&t, c + CK_BLOCK * i, d + CK_BLOCK * (s - i));
            if (k == TWICE) tile_double(&t);
            if (k != PRODUCT && s < blocks)
                for (size_t i = 0; i < CK_BLOCK; i++)
                    column[i] = _mm512_sub_epi64(column[i], minus[CK_BLOCK * s + i]);
        } else if (k == SQUARE) {
            for (size_t i = first; 2 * i < s; i++) tile_add(&t, a + CK_BLOCK * i, a + CK_BLOCK * (s - i));
            if (s % 2 == 0) tile_add_cross(&t, a + CK_BLOCK * (s / 2));
            tile_double(&t);
            if (s % 2 == 0) tile_add_squares(&t, a + CK_BLOCK * (s / 2));
        } else {
            for (size_t i = 0; i < CK_BLOCK; i++) column[i] = _mm512_add_epi64(column[i], a[CK_BLOCK * s + i]);
        }
        size_t end = s < blocks ? s : blocks;
        for (size_t i = first; i < end; i++) tile_add_shared(&t, q + CK_BLOCK * i, modulus + CK_BLOCK * (s - i));
        tile_columns(column, &t);
        if (s < blocks) {
            columns_cancel(column, q + CK_BLOCK * s, modulus, inverse);
        } else {
            carry = columns_output(r + CK_BLOCK * (s - blocks), column, carry);
        }
        columns_advance(column);
    }
    if (k == WIDE)
        for (size_t i = 0; i < CK_BLOCK; i++)
            column[i] = _mm512_add_epi64(column[i], a[CK_BLOCK * (2 * blocks - 1) + i]);
    columns_output(r + CK_BLOCK * (blocks - 1), column, carry);
}

#endif
#endif
