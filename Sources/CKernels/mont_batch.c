// Products of many numbers: to eights, to the chosen path and back.

#include "mont_internal.h"

/// What happens to each number; `b` and `given` are what it is multiplied with.
typedef enum {
    TIMES_BOTH,      // a R^2, then b
    TIMES_ITSELF,    // a R^2, then that squared, then 1
    TIMES_VECTOR,    // a b
    SQUARED,         // a a
    TIMES_GIVEN,     // a times one number in the path's own form
} operation;

static void portable_batch(
    const ck_mont *m, operation op, uint64_t *out, const uint64_t *a, const uint64_t *b, const uint64_t *given,
    size_t count, uint64_t *scratch) {
    size_t n = m->limbs;
    uint64_t *x = scratch + CK_P_SCRATCH(n);
    for (size_t i = 0; i < count; i++) {
        const uint64_t *ai = a + i * n;
        uint64_t *r = out + i * n;
        switch (op) {
        case TIMES_BOTH:
            ck_p_mul(m, x, ai, ck_r2(m), scratch);
            ck_p_mul(m, r, x, b + i * n, scratch);
            break;
        case TIMES_ITSELF:
            ck_p_mul(m, x, ai, ck_r2(m), scratch);
            ck_p_mul(m, r, x, ai, scratch);
            break;
        case TIMES_VECTOR: ck_p_mul(m, r, ai, b + i * n, scratch); break;
        case SQUARED: ck_p_sqr(m, r, ai, scratch); break;
        case TIMES_GIVEN: ck_p_mul(m, r, ai, given, scratch); break;
        }
    }
}

#if CK_X86
CK_IFMA static void ifma_batch(
    const ck_mont *m, operation op, uint64_t *out, const uint64_t *a, const uint64_t *b, const ck_v *given,
    size_t count, ck_v *scratch) {
    size_t n = m->limbs, d = m->digits;
    ck_v *x = scratch, *y = x + d, *convert = y + d, *product = convert + CK_V_CONVERT(m);
    for (size_t i = 0; i < count; i += 8) {
        size_t lanes = count - i < 8 ? count - i : 8;
        ck_v_load(m, x, a + i * n, n, lanes, convert);
        if (op == TIMES_BOTH || op == TIMES_VECTOR) ck_v_load(m, y, b + i * n, n, lanes, convert);
        switch (op) {
        case TIMES_BOTH:
            ck_v_mul(m, y, y, given, product);
            ck_v_mul(m, x, x, y, product);
            break;
        case TIMES_ITSELF:
            ck_v_mul(m, y, x, given, product);
            ck_v_mul(m, x, x, y, product);
            break;
        case TIMES_VECTOR: ck_v_mul(m, x, x, y, product); break;
        case SQUARED: ck_v_sqr(m, x, x, product); break;
        case TIMES_GIVEN: ck_v_mul(m, x, x, given, product); break;
        }
        ck_v_store(m, out + i * n, n, lanes, x, convert);
    }
}

/// One number for all lanes: digits in memory to vectors behind the scratch of a batch.
CK_IFMA static ck_v *given_place(const ck_mont *m, ck_v *scratch) {
    return scratch + CK_V_PRODUCT(m->digits) + CK_V_CONVERT(m) + 2 * (size_t)m->digits;
}
#endif

/// `portable_given` and `ifma_given` (digits) are the same factor in the two forms.
static void batch(
    const ck_mont *m, operation op, uint64_t *out, const uint64_t *a, const uint64_t *b,
    const uint64_t *portable_given, const uint64_t *ifma_given, size_t count, void *scratch) {
    void *s = ck_align64(scratch);
#if CK_X86
    if (m->path == CK_PATH_IFMA) {
        ck_v *given = given_place(m, s);
        if (ifma_given != NULL) ck_v_broadcast(m, given, ifma_given);
        ifma_batch(m, op, out, a, b, given, count, s);
    } else
#endif
        portable_batch(m, op, out, a, b, portable_given, count, s);
    (void)ifma_given;
    ck_wipe(s, ck_mont_scratch_bytes(m) - 64);
}

static const uint64_t one[CK_MAX_LIMBS * 2] = {1};

void ck_mont_mul(
    const ck_mont *m, uint64_t *out, const uint64_t *a, const uint64_t *b, size_t count, void *scratch) {
    batch(m, TIMES_BOTH, out, a, b, NULL, CK_SQUARE52(m), count, scratch);
}

void ck_mont_sqr(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch) {
    batch(m, TIMES_ITSELF, out, a, NULL, NULL, CK_SQUARE52(m), count, scratch);
}

void ck_mont_to_domain(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch) {
    batch(m, TIMES_GIVEN, out, a, NULL, ck_r2(m), CK_SQUARE52(m), count, scratch);
}

void ck_mont_from_domain(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch) {
    batch(m, TIMES_GIVEN, out, a, NULL, one, one, count, scratch);
}

void ck_mont_mul_domain(
    const ck_mont *m, uint64_t *out, const uint64_t *a, const uint64_t *b, size_t count, void *scratch) {
    batch(m, TIMES_VECTOR, out, a, b, NULL, NULL, count, scratch);
}

void ck_mont_sqr_domain(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch) {
    batch(m, SQUARED, out, a, NULL, NULL, NULL, count, scratch);
}

void ck_mont_reduce(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch) {
    // a * (R mod m) / R.
    batch(m, TIMES_GIVEN, out, a, NULL, ck_r1(m), CK_ONE52(m), count, scratch);
}

/// out[i] = a[i] * b / R for one `b` in limbs.
static void times_shared(
    const ck_mont *m, uint64_t *out, const uint64_t *a, const uint64_t *b, int domain, size_t count, void *scratch) {
    void *s = ck_align64(scratch);
#if CK_X86
    if (m->path == CK_PATH_IFMA) {
        ck_v *given = given_place(m, s);
        // A stride of 0 loads the number into every lane.
        ck_v_load(m, given, b, 0, 8, s);
        if (!domain) {
            ck_v *x = s;
            ck_v_broadcast(m, x, CK_SQUARE52(m));
            ck_v_mul(m, given, given, x, x + m->digits);
        }
        ifma_batch(m, TIMES_GIVEN, out, a, NULL, given, count, s);
    } else
#endif
    {
        uint64_t *scratch64 = s, *given = scratch64 + CK_P_SCRATCH(m->limbs) + m->limbs;
        memcpy(given, b, m->limbs * sizeof *given);
        if (!domain) ck_p_mul(m, given, given, ck_r2(m), scratch64);
        portable_batch(m, TIMES_GIVEN, out, a, NULL, given, count, scratch64);
    }
    ck_wipe(s, ck_mont_scratch_bytes(m) - 64);
}

void ck_mont_mul_shared(
    const ck_mont *m, uint64_t *out, const uint64_t *a, const uint64_t *b, size_t count, void *scratch) {
    times_shared(m, out, a, b, 0, count, scratch);
}

// MARK: Bulk products

void ck_mont_accumulate_many(
    const ck_mont *m, uint64_t *acc, const uint64_t *inputs, size_t stride, size_t vector_stride, size_t terms,
    size_t count, void *scratch) {
    void *s = ck_align64(scratch);
    size_t n = m->limbs;
#if CK_X86
    if (m->path == CK_PATH_IFMA) {
        ck_v *x = s, *y = x + m->digits, *convert = y + m->digits, *product = convert + CK_V_CONVERT(m);
        for (size_t i = 0; i < count; i += 8) {
            size_t lanes = count - i < 8 ? count - i : 8;
            ck_v_load(m, x, acc + i * n, n, lanes, convert);
            for (size_t k = 0; k < terms; k++) {
                ck_v_load(m, y, inputs + k * vector_stride + i * stride, stride, lanes, convert);
                ck_v_mul(m, x, x, y, product);
            }
            ck_v_store(m, acc + i * n, n, lanes, x, convert);
        }
    } else
#endif
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < terms; k++)
                ck_p_mul(m, acc + i * n, acc + i * n, inputs + k * vector_stride + i * stride, s);
    ck_wipe(s, ck_mont_scratch_bytes(m) - 64);
}

void ck_mont_accumulate(
    const ck_mont *m, uint64_t *acc, const uint64_t *inputs, size_t stride, size_t count, void *scratch) {
    ck_mont_accumulate_many(m, acc, inputs, stride, 0, 1, count, scratch);
}

void ck_mont_accumulate_finish(const ck_mont *m, uint64_t *acc, uint64_t folds, size_t count, void *scratch) {
    // R^folds in the domain of R is R^(folds + 1), and the product divides by R once.
    uint64_t factor[CK_MAX_LIMBS];
    uint64_t bits = m->path == CK_PATH_IFMA ? (uint64_t)CK_DIGIT_BITS * m->digits : 64 * (uint64_t)m->limbs;
    // 2^(bits folds) as a portable residue, then as a number, then times R of the path.
    uint64_t portable[CK_P_SCRATCH(CK_MAX_LIMBS)];
    ck_p_power_of_two(m, factor, bits * (folds + 1), portable);
    ck_p_mul(m, factor, factor, one, portable);
    times_shared(m, acc, acc, factor, 1, count, scratch);
    ck_wipe(portable, sizeof portable);
    ck_wipe(factor, sizeof factor);
}
