// Residues modulo n^2 as pairs of numbers of half the length, eight at once: X = u + n v.
//
// u u' = s S - q n for the quotient q that a reduction modulo n finds anyway, so that
//     X X' / S = s + n ((u v' + v u' - q) / S mod n)   modulo n^2:
// three products and two reductions of half length instead of one of each of full length, 5 to 8; squares 7 to 12.

#include "ifma_columns.h"

#if CK_X86

/// From this many digits of n on, products are made first, by halves.
#define SPLIT_PAIR_MUL 40
#define SPLIT_PAIR_SQR 60

static int splits(const ck_mont *n, size_t least) { return n->digits >= least && n->digits % 10 == 0; }

CK_IFMA static void copy(ck_v *r, const ck_v *a, size_t count) {
    for (size_t i = 0; i < count; i++) r[i] = a[i];
}

/// v = (t - q) / S mod n for columns t.
CK_IFMA static void reduce_less(const ck_mont *n, ck_v *v, ck_v *t, const ck_v *q, ck_v *scratch) {
    for (size_t i = 0; i < n->digits; i++) t[i] = _mm512_sub_epi64(t[i], q[i]);
    montgomery(WIDE, v, t, NULL, NULL, NULL, NULL, n, scratch);
}

CK_IFMA void ck_x_mul(const ck_mont *m, ck_v *r, const ck_v *a, const ck_v *b, ck_v *scratch) {
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_v_mul(m, r, a, b, scratch);
        return;
    }
    size_t d = n->digits;
    ck_v *q = scratch, *s = q + d, *rest = s + d;
    if (splits(n, SPLIT_PAIR_MUL)) {
        ck_v *t = rest + d, *w = t + 2 * d, *deeper = w + 2 * d;
        ck_v_wide_mul(t, a, b, d, deeper);
        montgomery(WIDE, s, t, NULL, NULL, NULL, NULL, n, q);
        ck_v_wide_mul(t, a, b + d, d, deeper);
        ck_v_wide_mul(w, a + d, b, d, deeper);
        for (size_t i = 0; i < 2 * d; i++) t[i] = _mm512_add_epi64(t[i], w[i]);
        reduce_less(n, r + d, t, q, rest);
    } else {
        montgomery(PRODUCT, s, a, b, NULL, NULL, NULL, n, q);
        montgomery(CROSS, r + d, a, b + d, a + d, b, q, n, rest);
    }
    copy(r, s, d);
}

CK_IFMA void ck_x_sqr(const ck_mont *m, ck_v *r, const ck_v *a, ck_v *scratch) {
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_v_sqr(m, r, a, scratch);
        return;
    }
    size_t d = n->digits;
    ck_v *q = scratch, *s = q + d, *rest = s + d;
    if (splits(n, SPLIT_PAIR_SQR)) {
        ck_v *t = rest + d, *deeper = t + 2 * d;
        ck_v_wide_sqr(t, a, d, deeper);
        montgomery(WIDE, s, t, NULL, NULL, NULL, NULL, n, q);
        ck_v_wide_mul(t, a, a + d, d, deeper);
        for (size_t i = 0; i < 2 * d; i++) t[i] = _mm512_add_epi64(t[i], t[i]);
        reduce_less(n, r + d, t, q, rest);
    } else {
        montgomery(SQUARE, s, a, NULL, NULL, NULL, NULL, n, q);
        montgomery(TWICE, r + d, a, a + d, NULL, NULL, q, n, rest);
    }
    copy(r, s, d);
}

CK_IFMA void ck_x_one(const ck_mont *m, ck_v *r) {
    const ck_mont *n = ck_root(m);
    const uint64_t *one = n == NULL ? CK_ONE52(m) : ck_pair_words(m, CK_PAIR_ONE52);
    for (size_t i = 0; i < ck_residue_words(m); i++) r[i] = _mm512_set1_epi64((long long)one[i]);
}

CK_IFMA void ck_x_enter(
    const ck_mont *m, ck_v *r, const uint64_t *src, size_t stride, size_t lanes, ck_v *scratch) {
    const ck_mont *n = ck_root(m);
    if (n == NULL) {
        ck_v *factor = scratch, *rest = scratch + m->digits;
        ck_v_load(m, r, src, stride, lanes, rest);
        ck_v_broadcast(m, factor, CK_SQUARE52(m));
        ck_v_mul(m, r, r, factor, rest);
        return;
    }
    // x = s S - q n, hence x / S is the pair of s and -q / S; then times S^3 as a pair.
    size_t d = n->digits;
    ck_v *t = scratch, *q = t + 2 * d, *rest = q + d;
    ck_v_load(m, t, src, stride, lanes, rest);
    for (size_t i = m->digits; i < 2 * d; i++) t[i] = _mm512_setzero_si512();
    montgomery(WIDE, r, t, NULL, NULL, NULL, NULL, n, q);
    for (size_t i = 0; i < 2 * d; i++) t[i] = _mm512_setzero_si512();
    reduce_less(n, r + d, t, q, rest);
    const uint64_t *factor = ck_pair_words(m, CK_PAIR_ENTER52);
    for (size_t i = 0; i < 2 * d; i++) t[i] = _mm512_set1_epi64((long long)factor[i]);
    ck_x_mul(m, r, r, t, q);
}

CK_IFMA void ck_x_leave(
    const ck_mont *m, uint64_t *dst, size_t stride, size_t lanes, const ck_v *a, ck_v *scratch) {
    const ck_mont *n = ck_root(m);
    size_t words = ck_residue_words(m);
    ck_v *x = scratch, *rest = x + words;
    for (size_t i = 0; i < words; i++) x[i] = i == 0 ? _mm512_set1_epi64(1) : _mm512_setzero_si512();
    ck_x_mul(m, x, a, x, rest);
    if (n == NULL) {
        ck_v_store(m, dst, stride, lanes, x, rest);
        return;
    }
    // Both halves are at most n now, and s + n v is below 2 n^2.
    size_t blocks = n->digits / CK_BLOCK;
    ck_v *sum = rest, column[10], carry = _mm512_setzero_si512();
    for (int i = 0; i < 10; i++) column[i] = _mm512_setzero_si512();
    for (size_t c = 0; c < 2 * blocks; c++) {
        size_t first = c < blocks ? 0 : c - blocks + 1, last = c < blocks ? c : blocks - 1;
        tile t;
        tile_clear(&t);
        for (size_t i = first; i <= last; i++)
            tile_add_shared(&t, x + n->digits + CK_BLOCK * i, CK_MODULUS52(n) + CK_BLOCK * (c - i));
        if (c < blocks)
            for (size_t i = 0; i < CK_BLOCK; i++) column[i] = _mm512_add_epi64(column[i], x[CK_BLOCK * c + i]);
        tile_columns(column, &t);
        carry = columns_output(sum + CK_BLOCK * c, column, carry);
        columns_advance(column);
    }
    ck_v_store(m, dst, stride, lanes, sum, sum + 2 * n->digits);
}

#endif
