#ifndef CK_RISTRETTO_H
#define CK_RISTRETTO_H

// ristretto255 (RFC 9496): multiples of one element by many scalars, polynomials of elements at small numbers.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of scratch memory, aligned to 8; 0 where the compiler has no 128-bit integers.
size_t ck_ristretto_scratch_bytes(void);

/// out[i] = scalars[i] * element, each 32 bytes encoded. A scalar is canonical, below the group order; that is the caller's to
/// see to. The element is public; no branch and no address depends on a scalar, and an optimised build leaves none on the stack. Each product of a
/// scalar other than zero with an element other than the identity is one that is not the identity.
///
/// `path` is one of CK_LANES_...: CK_LANES_AVX512 takes eight scalars at once where the processor has multiply-adds of 52 bits.
///
/// 0, or -1 when the element is not a canonical encoding, or -2 where this cannot run, or -3 when a product is the identity: then
/// `out` is zero.
int ck_ristretto_multiples(
    uint8_t *out, const uint8_t *element, const uint8_t *scalars, size_t count, void *scratch, int path);

/// out = coefficients[0] + x coefficients[1] + x^2 coefficients[2] + ..., the identity's 32 zero bytes among the results; `count`
/// elements of 32 bytes. Nothing here is secret: the time depends on x.
///
/// 0, or -1 when there is no coefficient, one is not a canonical encoding, or x is zero, or -2 where this cannot run.
int ck_ristretto_evaluate(uint8_t *out, const uint8_t *coefficients, size_t count, uint64_t x);

#ifdef __cplusplus
}
#endif

#endif
