// Montgomery products of eight numbers at once; long ones by halves (A. Karatsuba, Y. Ofman, 1962), then reduced.

#include "ifma_columns.h"

#if CK_X86

/// From this many digits on the product is made first, by halves.
#define SPLIT_MUL 40
#define SPLIT_SQR 60

CK_IFMA void ck_v_mul(const ck_mont *m, ck_v *r, const ck_v *a, const ck_v *b, ck_v *scratch) {
    if (m->digits >= SPLIT_MUL && m->digits % 10 == 0) {
        ck_v *t = scratch + m->digits;
        ck_v_wide_mul(t, a, b, m->digits, t + 2 * m->digits);
        montgomery(WIDE, r, t, NULL, NULL, NULL, NULL, m, scratch);
    } else {
        montgomery(PRODUCT, r, a, b, NULL, NULL, NULL, m, scratch);
    }
}

CK_IFMA void ck_v_sqr(const ck_mont *m, ck_v *r, const ck_v *a, ck_v *scratch) {
    if (m->digits >= SPLIT_SQR && m->digits % 10 == 0) {
        ck_v *t = scratch + m->digits;
        ck_v_wide_sqr(t, a, m->digits, t + 2 * m->digits);
        montgomery(WIDE, r, t, NULL, NULL, NULL, NULL, m, scratch);
    } else {
        montgomery(SQUARE, r, a, NULL, NULL, NULL, NULL, m, scratch);
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
