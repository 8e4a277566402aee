#ifndef CK_ED25519_H
#define CK_ED25519_H

// Ed25519 signatures (RFC 8032) checked eight at a time, each by itself: no sum of several is formed, so that none can make up for
// another. Nothing here is secret.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The key A, the two halves R and S of a signature, and SHA-512(R | A | message) modulo the group order.
typedef struct ck_ed25519_claim {
    uint8_t key[32], point[32], scalar[32], hash[32];
} ck_ed25519_claim;

/// confirmed[i] = 1 when S B - hash A is exactly R, S and hash are below the group order, A and R are canonical encodings, and
/// neither is of small order: what libsodium asks of a signature. Otherwise 0.
///
/// `path` is one of CK_LANES_...: there must be multiply-adds of 52 bits. 0, or -2 where this cannot run.
int ck_ed25519_confirm(uint8_t *confirmed, const ck_ed25519_claim *claims, size_t count, int path);

#ifdef __cplusplus
}
#endif

#endif
