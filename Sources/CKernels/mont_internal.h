#ifndef CK_MONT_INTERNAL_H
#define CK_MONT_INTERNAL_H

#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__) && (defined(__clang__) || defined(__GNUC__))
#define CK_X86 1
#include <immintrin.h>
#define CK_IFMA __attribute__((target("avx512f,avx512ifma,avx512vl,avx512bw,avx512dq")))
#else
#define CK_X86 0
#endif

#define CK_INLINE static inline __attribute__((always_inline))

/// Digits come in blocks of this many: the register tile of the IFMA kernels.
#define CK_BLOCK 5
#define CK_DIGIT_BITS 52
#define CK_DIGIT_MASK (((uint64_t)1 << CK_DIGIT_BITS) - 1)

/// Groups of eight that one pass over a comb table serves.
#define CK_GROUPS 4

/// Exponents that one pass over a comb table serves on the portable path.
#define CK_FELLOWS 4

typedef unsigned __int128 ck_u128;

struct ck_mont {
    uint32_t limbs, digits;
    int32_t path;
    uint32_t top_bits;
    /// -1/m modulo 2^64; its low 52 bits serve the digits too.
    uint64_t negative_inverse;
    ck_limb_ops ops;
    /// Where in `words` the context of n and the constants of pairs are, when the modulus is n^2 for a known n; else 0.
    uint32_t root, pairs;
    uint64_t reserved[7];
    /// modulus, R mod m, R^2 mod m for R = 2^(64 limbs), then modulus, S mod m, S^2 mod m as digits, S = 2^(52 digits).
    uint64_t words[];
};

CK_INLINE size_t ck_round8(size_t n) { return (n + 7) & ~(size_t)7; }
CK_INLINE const uint64_t *ck_modulus(const ck_mont *m) { return m->words; }
CK_INLINE const uint64_t *ck_r1(const ck_mont *m) { return m->words + ck_round8(m->limbs); }
CK_INLINE const uint64_t *ck_r2(const ck_mont *m) { return m->words + 2 * ck_round8(m->limbs); }
CK_INLINE const uint64_t *ck_digits_of(const ck_mont *m, size_t which) {
    return m->words + 3 * ck_round8(m->limbs) + which * ck_round8(m->digits);
}
#define CK_MODULUS52(m) ck_digits_of(m, 0)
#define CK_ONE52(m) ck_digits_of(m, 1)
#define CK_SQUARE52(m) ck_digits_of(m, 2)

/// The context of n for a modulus n^2 that was initialised by its root; else null.
CK_INLINE const ck_mont *ck_root(const ck_mont *m) {
    return m->root == 0 ? NULL : (const ck_mont *)(const void *)(m->words + m->root);
}

/// Constants of pairs: 1, the cube of the residue of 1, the residue of 1 of the vectors; the first two again as digits.
enum { CK_PAIR_ONE, CK_PAIR_ENTER, CK_PAIR_VECTOR, CK_PAIR_ONE52, CK_PAIR_ENTER52, CK_PAIR_CONSTANTS };
CK_INLINE size_t ck_pair_step(size_t root_digits) { return ck_round8(2 * root_digits); }
CK_INLINE const uint64_t *ck_pair_words(const ck_mont *m, size_t which) {
    return m->words + m->pairs + which * ck_pair_step(ck_root(m)->digits);
}

/// Words of one residue: digits on the IFMA path, else limbs; of a pair both halves.
CK_INLINE size_t ck_residue_words(const ck_mont *m) {
    if (m->path != CK_PATH_IFMA) return m->limbs;
    return m->root == 0 ? m->digits : 2 * (size_t)ck_root(m)->digits;
}

void ck_to_digits(uint64_t *d, size_t digits, const uint64_t *w, size_t limbs);

/// The scratch pointer moved up to a 64-byte boundary (sizes include the room).
CK_INLINE void *ck_align64(void *p) { return (void *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

CK_INLINE size_t ck_exponent_limbs(size_t bits) { return (bits + 63) / 64; }

/// Bits [at, at + width) of an exponent, width <= 16; bits from `bits` on read as 0. Positions are public.
CK_INLINE uint64_t ck_exponent_window(const uint64_t *e, size_t bits, size_t at, size_t width) {
    if (at + width > bits) width = bits - at;
    size_t q = at / 64, o = at % 64;
    uint64_t w = e[q] >> o;
    if (o + width > 64) w |= e[q + 1] << (64 - o);
    return w & (((uint64_t)1 << width) - 1);
}

CK_INLINE size_t ck_window_width(size_t exponent_bits) {
    return exponent_bits <= 12 ? 2 : exponent_bits <= 80 ? 3 : exponent_bits <= 320 ? 4 : 5;
}

/// Where the highest window starts.
CK_INLINE size_t ck_last_window(size_t bits, size_t width) {
    size_t at = 0;
    while (at + width < bits) at += width;
    return at;
}

/// The digit of column `column` of a comb: one bit of every tooth.
CK_INLINE uint64_t ck_comb_digit(const ck_comb *c, const uint64_t *e, size_t column) {
    uint64_t u = 0;
    // One by one: compilers would gather, and then nobody could tell public addresses from secret ones at a glance.
#pragma clang loop vectorize(disable) interleave(disable) unroll(disable)
    for (size_t t = 0; t < c->teeth; t++) {
        size_t at = t * c->columns + column;
        if (at < c->exponent_bits) u |= ((e[at / 64] >> (at % 64)) & 1) << t;
    }
    return u;
}

/// Vectors of scratch of an IFMA product: digits of the multiplier, the wide product and the parts of its halves.
#define CK_V_PRODUCT(digits) (6 * (size_t)(digits) + 16)
/// Vectors of scratch of the conversions.
#define CK_V_CONVERT(m) ((size_t)(m)->limbs + (size_t)(m)->digits + 16)
/// Vectors of scratch of all functions on residues.
#define CK_X_SCRATCH(m) (2 * ck_residue_words(m) + CK_V_CONVERT(m) + CK_V_PRODUCT((m)->digits))

// MARK: Portable path (one number at a time)

/// Scratch limbs of ck_p_mul and ck_p_sqr.
#define CK_P_SCRATCH(limbs) (8 * (size_t)(limbs) + 128)
void ck_p_mul(const ck_mont *m, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *scratch);
void ck_p_sqr(const ck_mont *m, uint64_t *r, const uint64_t *a, uint64_t *scratch);
/// Adds the multiples of m that cancel the low half of t, and puts their quotients there; returns the carry.
uint64_t ck_p_quotients(const ck_mont *m, uint64_t *t, uint64_t *carries);
void ck_p_wide_mul(
    const ck_limb_ops *ops, uint64_t *t, const uint64_t *a, const uint64_t *b, size_t n, uint64_t *scratch);
void ck_p_wide_sqr(const ck_limb_ops *ops, uint64_t *t, const uint64_t *a, size_t n, uint64_t *scratch);
uint64_t ck_limbs_add(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n);
/// (top, r) = (top, a) - m where that is not negative, which is returned, else (top, a); u has room for n limbs.
uint64_t ck_limbs_subtract_if_above(
    uint64_t *r, const uint64_t *a, uint64_t *top, const uint64_t *m, size_t n, uint64_t *u);
/// r = 2a mod m for a < m.
void ck_p_double(const ck_mont *m, uint64_t *r, const uint64_t *a);
/// r = 2^e in the domain; e is public.
void ck_p_power_of_two(const ck_mont *m, uint64_t *r, uint64_t e, uint64_t *scratch);

/// The same on residues, which are pairs where the modulus has a root.
void ck_q_mul(const ck_mont *m, uint64_t *r, const uint64_t *a, const uint64_t *b, uint64_t *scratch);
void ck_q_sqr(const ck_mont *m, uint64_t *r, const uint64_t *a, uint64_t *scratch);
const uint64_t *ck_q_one(const ck_mont *m);
void ck_q_enter(const ck_mont *m, uint64_t *r, const uint64_t *x, uint64_t *scratch);
void ck_q_leave(const ck_mont *m, uint64_t *x, const uint64_t *a, uint64_t *scratch);
/// A residue of this path as limbs of a residue of the vectors; pairs alone.
void ck_q_to_vectors(const ck_mont *m, uint64_t *r, const uint64_t *a, uint64_t *scratch);
/// Fills in the constants of pairs.
void ck_pair_init(ck_mont *m);

void ck_p_exp(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t bits, int shared,
    size_t count, uint64_t *scratch);
void ck_p_comb_exp(const ck_comb *c, uint64_t *out, const uint64_t *exponents, size_t count, uint64_t *scratch);
/// Puts entry `number` where selections expect it; a table takes entries * ck_round8(limbs) limbs.
void ck_p_place(uint64_t *table, const uint64_t *entry, size_t number, size_t entries, size_t limbs);
/// r[0..2n), the products of different limbs of a, becomes a^2.
void ck_limbs_double_and_add_squares(uint64_t *r, const uint64_t *a, size_t n);

// MARK: Blocks (as many numbers as the path computes at once, in its own form; for public exponents)

enum { CK_LANES = 8 };

CK_INLINE size_t ck_block_lanes(const ck_mont *m) { return m->path == CK_PATH_IFMA ? CK_LANES : 1; }
CK_INLINE size_t ck_block_words(const ck_mont *m) { return ck_block_lanes(m) * ck_residue_words(m); }
/// Bytes of scratch of the functions below; blocks and scratch are aligned to 64 bytes.
size_t ck_block_scratch_bytes(const ck_mont *m);
void ck_block_mul(const ck_mont *m, uint64_t *r, const uint64_t *a, const uint64_t *b, void *scratch);
void ck_block_sqr(const ck_mont *m, uint64_t *r, const uint64_t *a, void *scratch);
void ck_block_one(const ck_mont *m, uint64_t *r);
/// Numbers, `lanes` of them, to residues and back.
void ck_block_enter(const ck_mont *m, uint64_t *r, const uint64_t *numbers, size_t lanes, void *scratch);
void ck_block_leave(const ck_mont *m, uint64_t *numbers, const uint64_t *a, size_t lanes, void *scratch);
/// Between a block and single residues; a null place reads as 0 and takes nothing.
void ck_block_gather(const ck_mont *m, uint64_t *r, const uint64_t *const places[CK_LANES]);
void ck_block_scatter(const ck_mont *m, uint64_t *const places[CK_LANES], const uint64_t *a);

// MARK: IFMA path (eight numbers at a time)

#if CK_X86
typedef __m512i ck_v;

/// r = a b / S mod m, below 2m for a, b below 2m (or a b below S m). r may be a or b.
void ck_v_mul(const ck_mont *m, ck_v *r, const ck_v *a, const ck_v *b, ck_v *scratch);
void ck_v_sqr(const ck_mont *m, ck_v *r, const ck_v *a, ck_v *scratch);
/// Wide products, columns not carried: t[0..2d).
void ck_v_wide_mul(ck_v *t, const ck_v *a, const ck_v *b, size_t digits, ck_v *scratch);
void ck_v_wide_sqr(ck_v *t, const ck_v *a, size_t digits, ck_v *scratch);

/// Up to eight numbers, `stride` limbs apart, to digits. Scratch: limbs + 16 vectors. Absent lanes are 0.
void ck_v_load(
    const ck_mont *m, ck_v *d, const uint64_t *src, size_t stride, size_t lanes, ck_v *scratch);
/// Digits of numbers below 2m to canonical limbs. Scratch: limbs + digits + 16 vectors.
void ck_v_store(const ck_mont *m, uint64_t *dst, size_t stride, size_t lanes, const ck_v *d, ck_v *scratch);
/// Transposed limbs (limb l of eight numbers in w[l]; one more readable vector) to digits.
void ck_v_digits(const ck_mont *m, ck_v *d, const ck_v *w);
/// Eight rows of `words` words (a multiple of five) to vectors of their columns, and back; null rows as in a gather.
void ck_v_gather(ck_v *d, const uint64_t *const rows[CK_LANES], size_t words);
void ck_v_scatter(uint64_t *const rows[CK_LANES], const ck_v *d, size_t words);
/// One number in all lanes.
void ck_v_broadcast(const ck_mont *m, ck_v *d, const uint64_t *digits);

/// The same on residues, which are pairs where the modulus has a root; scratch: CK_X_SCRATCH vectors.
void ck_x_mul(const ck_mont *m, ck_v *r, const ck_v *a, const ck_v *b, ck_v *scratch);
void ck_x_sqr(const ck_mont *m, ck_v *r, const ck_v *a, ck_v *scratch);
void ck_x_one(const ck_mont *m, ck_v *r);
void ck_x_enter(
    const ck_mont *m, ck_v *r, const uint64_t *src, size_t stride, size_t lanes, ck_v *scratch);
void ck_x_leave(
    const ck_mont *m, uint64_t *dst, size_t stride, size_t lanes, const ck_v *a, ck_v *scratch);
void ck_v_exp(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t bits, int shared,
    size_t count, ck_v *scratch);
void ck_v_comb_exp(const ck_comb *c, uint64_t *out, const uint64_t *exponents, size_t count, ck_v *scratch);
#endif

#endif
