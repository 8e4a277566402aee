#ifndef CK_CODEC_H
#define CK_CODEC_H

// Quantising, packing, norms and hash leaves. Results do not depend on the path, bit for bit: every operation on numbers
// is one IEEE operation in a fixed order. Paths are those of CKMasks.h. No branch and no address depends on a value,
// except in the hash, whose input is public.

#include <stddef.h>
#include <stdint.h>
#ifdef SECAGG_MEMCHECK
#include <valgrind/memcheck.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Quantiser

/// out[i] = x rounded to an integer, for x = clamp(in[i], -clip, clip) * scale in double, |x| <= 2^51. Without `draws` to the
/// nearest integer, ties to even; else floor(x), plus 1 when x - floor(x) >= 1 - u / 2^32 for the little-endian u = draws[i].
/// Returns how many values were clipped. Inputs are finite.
uint64_t ck_quantise_f32(
    int64_t *out, const float *in, size_t count, double scale, double clip, const uint32_t *draws, int path);

/// The same for doubles, with u = draws[i] / 2^11 and 2^53 in place of 2^32.
uint64_t ck_quantise_f64(
    int64_t *out, const double *in, size_t count, double scale, double clip, const uint64_t *draws, int path);

/// A verdict about secret values that everybody learns from what happens next: that an input is refused. Takes it for public in the
/// check under memcheck (SECAGG_MEMCHECK); nothing elsewhere.
static inline uint64_t ck_verdict(uint64_t bits) {
#ifdef SECAGG_MEMCHECK
    VALGRIND_MAKE_MEM_DEFINED(&bits, sizeof bits);
#endif
    return bits;
}

/// Whether any of the values is a NaN or an infinity.
int ck_any_not_finite_f32(const float *values, size_t count, int path);

/// The sum of the squares of finite values: sixteen sums in double of every sixteenth value, added in pairs.
double ck_sum_of_squares_f32(const float *values, size_t count, int path);

// MARK: Lanes

/// Packs whole words: words[i] has in[lanes * i ...], `bits` bits each, the first lowest. Returns the bits by which values
/// leave -2^(bits - 1) ..< 2^(bits - 1), 0 when none does. `bits` is 8...64.
uint64_t ck_pack(uint64_t *words, const int64_t *in, size_t word_count, unsigned bits, int path);

/// The inverse, sign-extended.
void ck_unpack(int64_t *out, const uint64_t *words, size_t word_count, unsigned bits, int path);

// MARK: Hash

/// digests[i] = BLAKE2b (32 bytes, no key, no salt, this personalisation) of the i-th of `count` pieces of `bytes` bytes each.
/// Returns the bits that are set in any little-endian word of any piece, the last word of a piece filled up with zeros: a word of a
/// vector that must not have some of them is found in the pass that hashes it.
uint64_t ck_blake2b_pieces(
    uint8_t *digests, const uint8_t *data, size_t bytes, size_t count, const uint8_t *personal, int path);

#ifdef __cplusplus
}
#endif

#endif
