#ifndef CK_RISTRETTO_H
#define CK_RISTRETTO_H

// Multiples of one ristretto255 element (RFC 9496) by many scalars.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes of scratch memory, aligned to 8; 0 where the compiler has no 128-bit integers.
size_t ck_ristretto_scratch_bytes(void);

/// out[i] = scalars[i] * element, each 32 bytes encoded. A scalar is canonical, below the group order; that is the caller's to
/// see to. The element is public; no branch and no address depends on a scalar. Each product of a scalar other than zero with an
/// element other than the identity is one that is not the identity.
///
/// 0, or -1 when the element is not a canonical encoding, or -2 where this cannot run.
int ck_ristretto_multiples(uint8_t *out, const uint8_t *element, const uint8_t *scalars, size_t count, void *scratch);

#ifdef __cplusplus
}
#endif

#endif
