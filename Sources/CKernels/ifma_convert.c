// Between numbers in memory (64-bit limbs, one after another) and eight numbers in lanes (52-bit digits, transposed).

#include "mont_internal.h"

#if CK_X86

CK_IFMA CK_INLINE void transpose(ck_v v[8]) {
    ck_v p[8], q[8];
    for (int i = 0; i < 8; i += 2) {
        p[i] = _mm512_unpacklo_epi64(v[i], v[i + 1]);
        p[i + 1] = _mm512_unpackhi_epi64(v[i], v[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int j = 0; j < 2; j++) {
            q[i + j] = _mm512_shuffle_i64x2(p[i + j], p[i + 2 + j], 0x88);
            q[i + 2 + j] = _mm512_shuffle_i64x2(p[i + j], p[i + 2 + j], 0xdd);
        }
    }
    for (int i = 0; i < 4; i++) {
        v[i] = _mm512_shuffle_i64x2(q[i], q[i + 4], 0x88);
        v[i + 4] = _mm512_shuffle_i64x2(q[i], q[i + 4], 0xdd);
    }
}

/// Mask of the limbs of a number from `at` on, eight at most.
CK_INLINE __mmask8 limb_mask(size_t limbs, size_t at) {
    return limbs - at >= 8 ? 0xff : (__mmask8)((1u << (limbs - at)) - 1);
}

CK_IFMA CK_INLINE ck_v shift_right(ck_v v, size_t n) { return _mm512_srl_epi64(v, _mm_cvtsi64_si128((long long)n)); }
CK_IFMA CK_INLINE ck_v shift_left(ck_v v, size_t n) { return _mm512_sll_epi64(v, _mm_cvtsi64_si128((long long)n)); }

CK_IFMA void ck_v_digits(const ck_mont *m, ck_v *d, const ck_v *w) {
    const ck_v mask = _mm512_set1_epi64((long long)CK_DIGIT_MASK), zero = _mm512_setzero_si512();
    size_t limbs = m->limbs;
    for (size_t i = 0; i < m->digits; i++) {
        size_t q = i * CK_DIGIT_BITS / 64, o = i * CK_DIGIT_BITS % 64;
        ck_v low = q < limbs ? shift_right(w[q], o) : zero;
        if (o > 64 - CK_DIGIT_BITS && q + 1 < limbs) low = _mm512_or_si512(low, shift_left(w[q + 1], 64 - o));
        d[i] = _mm512_and_si512(low, mask);
    }
}

CK_IFMA void ck_v_load(
    const ck_mont *m, ck_v *d, const uint64_t *src, size_t stride, size_t lanes, ck_v *scratch) {
    for (size_t l = 0; l < m->limbs; l += 8) {
        __mmask8 k = limb_mask(m->limbs, l);
        ck_v v[8];
        for (size_t i = 0; i < 8; i++)
            v[i] = i < lanes ? _mm512_maskz_loadu_epi64(k, src + i * stride + l) : _mm512_setzero_si512();
        transpose(v);
        for (size_t i = 0; i < 8; i++) scratch[l + i] = v[i];
    }
    ck_v_digits(m, d, scratch);
}

CK_IFMA void ck_v_store(
    const ck_mont *m, uint64_t *dst, size_t stride, size_t lanes, const ck_v *d, ck_v *scratch) {
    const ck_v mask = _mm512_set1_epi64((long long)CK_DIGIT_MASK), zero = _mm512_setzero_si512();
    const uint64_t *modulus = CK_MODULUS52(m);
    size_t digits = m->digits, limbs = m->limbs;
    ck_v *e = scratch, *w = scratch + digits;
    // e = d - m; lanes where that is negative keep d.
    ck_v borrow = zero;
    for (size_t i = 0; i < digits; i++) {
        ck_v s = _mm512_add_epi64(_mm512_sub_epi64(d[i], _mm512_set1_epi64((long long)modulus[i])), borrow);
        e[i] = _mm512_and_si512(s, mask);
        borrow = _mm512_srai_epi64(s, CK_DIGIT_BITS);
    }
    for (size_t i = 0; i < digits; i++) e[i] = _mm512_ternarylogic_epi64(borrow, d[i], e[i], 0xca);
    for (size_t l = 0; l < limbs; l++) {
        size_t q = l * 64 / CK_DIGIT_BITS, o = l * 64 % CK_DIGIT_BITS;
        ck_v v = _mm512_or_si512(shift_right(e[q], o), shift_left(e[q + 1], CK_DIGIT_BITS - o));
        if (2 * CK_DIGIT_BITS - o < 64) v = _mm512_or_si512(v, shift_left(e[q + 2], 2 * CK_DIGIT_BITS - o));
        w[l] = v;
    }
    for (size_t l = limbs; l % 8 != 0; l++) w[l] = zero;
    for (size_t l = 0; l < limbs; l += 8) {
        __mmask8 k = limb_mask(limbs, l);
        transpose(w + l);
        for (size_t i = 0; i < lanes && i < 8; i++) _mm512_mask_storeu_epi64(dst + i * stride + l, k, w[l + i]);
    }
}

CK_IFMA void ck_v_gather(ck_v *d, const uint64_t *const rows[CK_LANES], size_t words) {
    for (size_t l = 0; l < words; l += 8) {
        __mmask8 k = limb_mask(words, l);
        ck_v v[8];
        for (size_t i = 0; i < 8; i++)
            v[i] = rows[i] != NULL ? _mm512_maskz_loadu_epi64(k, rows[i] + l) : _mm512_setzero_si512();
        transpose(v);
        for (size_t i = 0; i < 8 && l + i < words; i++) d[l + i] = v[i];
    }
}

CK_IFMA void ck_v_scatter(uint64_t *const rows[CK_LANES], const ck_v *d, size_t words) {
    for (size_t l = 0; l < words; l += 8) {
        __mmask8 k = limb_mask(words, l);
        ck_v v[8];
        for (size_t i = 0; i < 8; i++) v[i] = l + i < words ? d[l + i] : _mm512_setzero_si512();
        transpose(v);
        for (size_t i = 0; i < 8; i++)
            if (rows[i] != NULL) _mm512_mask_storeu_epi64(rows[i] + l, k, v[i]);
    }
}

CK_IFMA void ck_v_broadcast(const ck_mont *m, ck_v *d, const uint64_t *digits) {
    for (size_t i = 0; i < m->digits; i++) d[i] = _mm512_set1_epi64((long long)digits[i]);
}

#endif
