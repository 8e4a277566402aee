#ifndef CKERNELS_H
#define CKERNELS_H

// Batched modular arithmetic for odd moduli: Montgomery products, exponentiation with secret exponents, fixed-base
// exponentiation with a comb table, and bulk products of ciphertexts.
//
// Numbers are little-endian arrays of 64-bit limbs, `limbs` limbs each, one after another in memory. Every input may be
// any number of that length unless a comment asks for one below the modulus; every output is canonical (below the
// modulus) and does not depend on the path that computed it. Functions named `_domain` work on Montgomery residues,
// which mean something only to the context (and path) that made them. Outputs may be the same memory as inputs.
//
// Time and addresses depend on sizes, counts and paths alone, never on the value of a number, an exponent, a base or a
// modulus, except where a comment says "public". Scratch memory belongs to the caller, needs no alignment, and is wiped
// before a function returns. No function keeps state; contexts and tables are plain memory, read-only once built.

#include <stddef.h>
#include <stdint.h>

#include "CKCodec.h"
#include "CKEd25519.h"
#include "CKLearning.h"
#include "CKMasks.h"
#include "CKRistretto.h"

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Paths

/// How a context computes.
enum {
    CK_PATH_AUTOMATIC = 0,
    /// 64-bit limbs, one number at a time.
    CK_PATH_PORTABLE = 1,
    /// Eight numbers at once in 52-bit digits, AVX512-IFMA.
    CK_PATH_IFMA = 2,
};

/// 1 when the processor and the operating system can run the IFMA path.
int ck_has_ifma(void);

/// Sets the path of contexts initialised from now on, process-wide. Returns the path that they will really use.
int ck_force_path(int path);

/// Name of the path that contexts initialised now will use.
const char *ck_path_name(void);

/// Measures the multiply-add ceiling of this processor: vector (8-lane) 52-bit multiply-adds a second, in thousands of
/// millions; 0 without IFMA. Runs for about `milliseconds` of one core's time.
double ck_ifma_peak(unsigned milliseconds);

// MARK: Limb operations

/// Replacements for the limb loops of the portable path. Each must take time that depends on `n` alone.
typedef struct ck_limb_ops {
    /// r[0..2n) = a[0..n) * b[0..n); r overlaps neither.
    void (*mul)(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n);
    /// r[0..2n) = a[0..n)^2; r does not overlap a; scratch has 4n + 64 limbs.
    void (*sqr)(uint64_t *r, const uint64_t *a, size_t n, uint64_t *scratch);
    /// r[0..n) += a[0..n) * b; returns the carry limb.
    uint64_t (*addmul_1)(uint64_t *r, const uint64_t *a, size_t n, uint64_t b);
} ck_limb_ops;

/// The limb operations in plain C, and the fastest of this library for this processor.
const ck_limb_ops *ck_limb_ops_plain(void);
const ck_limb_ops *ck_limb_ops_fastest(void);

// MARK: Contexts

/// A modulus with everything derived from it. As secret as the modulus: wipe the context of a secret modulus.
typedef struct ck_mont ck_mont;

/// Largest modulus, in limbs (8,320 bits).
#define CK_MAX_LIMBS 130

/// Bytes of a context for moduli of `limbs` limbs; 0 when `limbs` is 0 or above CK_MAX_LIMBS. Align it to 64 bytes.
size_t ck_mont_size(size_t limbs);

/// Fills a context. 0 on success; -1 when the modulus is even, below 3, or its top limb is 0 (top limb: public).
int ck_mont_init(ck_mont *m, const uint64_t *modulus, size_t limbs);

/// The same with a chosen path and limb operations (null: the fastest). -2 when the path cannot run here.
int ck_mont_init_path(ck_mont *m, const uint64_t *modulus, size_t limbs, int path, const ck_limb_ops *ops);

/// Bytes of a context for the square of a number of `root_limbs` limbs; 0 when the square has more than CK_MAX_LIMBS.
size_t ck_mont_square_size(size_t root_limbs);

/// A context for the modulus root^2 that computes powers in pairs of numbers modulo the root, some 1.5 times as fast.
/// -1 as above, and when the top bit of the root is 0 (public); -2 as above.
int ck_mont_init_square(ck_mont *m, const uint64_t *root, size_t root_limbs, int path, const ck_limb_ops *ops);

size_t ck_mont_limbs(const ck_mont *m);
int ck_mont_path(const ck_mont *m);

/// 52-bit digits of a residue on the IFMA path (a multiple of five).
size_t ck_mont_digits(const ck_mont *m);

/// Scratch bytes for every ck_mont function that names no other size.
size_t ck_mont_scratch_bytes(const ck_mont *m);

// MARK: Products

/// out[i] = a[i] * b[i] mod m. Two Montgomery products each.
void ck_mont_mul(
    const ck_mont *m, uint64_t *out, const uint64_t *a, const uint64_t *b, size_t count, void *scratch);

/// out[i] = a[i]^2 mod m.
void ck_mont_sqr(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch);

/// out[i] = a[i] * b mod m with one `b` for all. One Montgomery product each, and one in all.
void ck_mont_mul_shared(
    const ck_mont *m, uint64_t *out, const uint64_t *a, const uint64_t *b, size_t count, void *scratch);

/// out[i] = a[i] mod m.
void ck_mont_reduce(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch);

/// out[i] = a[i] * R mod m.
void ck_mont_to_domain(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch);

/// out[i] = a[i] / R mod m.
void ck_mont_from_domain(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch);

/// out[i] = a[i] * b[i] / R mod m for a[i] below m. One Montgomery product each. A residue times a number is a number.
void ck_mont_mul_domain(
    const ck_mont *m, uint64_t *out, const uint64_t *a, const uint64_t *b, size_t count, void *scratch);

/// out[i] = a[i]^2 / R mod m for a[i] below m.
void ck_mont_sqr_domain(const ck_mont *m, uint64_t *out, const uint64_t *a, size_t count, void *scratch);

// MARK: Bulk products

/// acc[i] = acc[i] * inputs[i] / R mod m for acc[i] below m: one Montgomery product each, no conversion. `stride` is the distance in limbs
/// between inputs, at least `limbs`; accumulators are contiguous. Count the calls and finish with them.
void ck_mont_accumulate(
    const ck_mont *m, uint64_t *acc, const uint64_t *inputs, size_t stride, size_t count, void *scratch);

/// The same for `terms` vectors at once, vector k starting at inputs + k * vector_stride: accumulators stay in registers
/// and cache between terms. Counts as `terms` folds.
void ck_mont_accumulate_many(
    const ck_mont *m, uint64_t *acc, const uint64_t *inputs, size_t stride, size_t vector_stride, size_t terms,
    size_t count, void *scratch);

/// acc[i] = acc[i] * R^folds mod m: undoes the divisions of `folds` (public) accumulations.
void ck_mont_accumulate_finish(const ck_mont *m, uint64_t *acc, uint64_t folds, size_t count, void *scratch);

// MARK: Exponentiation

/// Scratch bytes of ck_mont_exp.
size_t ck_mont_exp_scratch_bytes(const ck_mont *m, size_t exponent_bits);

/// out[i] = base[i]^exponent[i] mod m, fixed windows. An exponent has ceil(exponent_bits / 64) limbs, of which the low
/// `exponent_bits` (public) bits count; with `shared_exponent` there is one for all. 0, or -1 when the scratch is short.
int ck_mont_exp(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t exponent_bits,
    int shared_exponent, size_t count, void *scratch, size_t scratch_bytes);

// MARK: Public exponents

/// Scratch bytes of ck_mont_weigh and ck_mont_subsets.
size_t ck_mont_weigh_scratch_bytes(const ck_mont *m, size_t exponent_bits, size_t count);

/// Products of blocks (eight numbers on the IFMA path, else one) that ck_mont_weigh takes, nearly.
uint64_t ck_mont_weigh_products(const ck_mont *m, size_t exponent_bits, size_t count);

/// out = the product of base[i]^exponent[i] mod m, by buckets. Exponents as in ck_mont_exp, one each, and **public**:
/// time and addresses depend on them. 0, or -1 when the scratch is short.
int ck_mont_weigh(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t exponent_bits,
    size_t count, void *scratch, size_t scratch_bytes);

/// out[k] = the product of the base[i] whose exponent has bit k, for every k < exponent_bits: ck_mont_weigh without its
/// squarings, and otherwise the same.
int ck_mont_subsets(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t exponent_bits,
    size_t count, void *scratch, size_t scratch_bytes);

/// Scratch bytes of ck_mont_multi.
size_t ck_mont_multi_scratch_bytes(const ck_mont *m, size_t exponent_bits, size_t terms);

/// out[i] = the product over t < terms of base[t * stride + i limbs...]^exponent[t] mod m, with one run of squarings.
/// Exponents as in ck_mont_exp, one a term, and **public**: time and addresses depend on them. 0, or -1 when the
/// scratch is short.
int ck_mont_multi(
    const ck_mont *m, uint64_t *out, const uint64_t *base, size_t stride, const uint64_t *exponent,
    size_t exponent_bits, size_t terms, size_t count, void *scratch, size_t scratch_bytes);

// MARK: Fixed base

/// A comb for one base and modulus: parameters only; the table is the caller's memory.
typedef struct ck_comb {
    const ck_mont *mont;
    const uint64_t *table;
    uint32_t exponent_bits, teeth, blocks, columns, columns_per_block;
} ck_comb;

/// Largest table that parameters are chosen for.
#define CK_COMB_TABLE_LIMIT ((size_t)1 << 20)

/// Chooses teeth and blocks for the context's path and returns the bytes of the table (align it to 64 bytes); 0 when
/// `exponent_bits` is 0 or above 65,536. `limit` caps the table; 0 means CK_COMB_TABLE_LIMIT.
size_t ck_comb_plan(ck_comb *c, const ck_mont *m, size_t exponent_bits, size_t limit);

/// Sets teeth (4...10) and blocks by hand; returns the bytes of the table, 0 when out of range.
size_t ck_comb_plan_exactly(ck_comb *c, const ck_mont *m, size_t exponent_bits, size_t teeth, size_t blocks);

/// Scratch bytes of ck_comb_build and ck_comb_exp.
size_t ck_comb_scratch_bytes(const ck_comb *c);

/// Fills the table for a public base and remembers where table and context are: both must outlive the comb. 0, or -1
/// when the scratch is short or the table is null.
int ck_comb_build(ck_comb *c, const uint64_t *base, uint64_t *table, void *scratch, size_t scratch_bytes);

/// out[i] = base^exponents[i] mod m. Exponents as in ck_mont_exp, one each. 0, or -1 when the scratch is short.
int ck_comb_exp(
    const ck_comb *c, uint64_t *out, const uint64_t *exponents, size_t count, void *scratch, size_t scratch_bytes);

// MARK: Memory

/// Overwrites memory with zeros in a way that no compiler removes.
void ck_wipe(void *p, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
