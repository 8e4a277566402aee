#ifndef CK_MASKS_H
#define CK_MASKS_H

// Keystreams fused with the addition and subtraction of lane-packed words, and the path that they take.
//
// Words are little-endian 64-bit numbers of the keystream; the bytes do not depend on the path. No branch and no address
// depends on a key, a keystream or a word. Buffers need no alignment beyond that of their type.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Paths

/// How keystreams, lanes, quantisers and leaves are computed; a path is an upper bound on the instructions used.
enum {
    CK_LANES_AUTOMATIC = 0,
    /// C alone, in vectors of 16 bytes where the processor has them (SSE2, NEON). AES-256-CTR cannot run.
    CK_LANES_PORTABLE = 1,
    /// AVX2, and AES-NI for AES-256-CTR.
    CK_LANES_AVX2 = 2,
    /// AVX2, and VAES in vectors of 32 bytes for AES-256-CTR.
    CK_LANES_VAES = 3,
    /// AVX-512 (F, VL, BW, DQ), and VAES in vectors of 64 bytes for AES-256-CTR.
    CK_LANES_AVX512 = 4,
};

/// The best path of this machine.
int ck_lanes_best(void);

/// Sets the path of calls that name CK_LANES_AUTOMATIC, process-wide. Returns the path that they will really take.
int ck_lanes_force(int path);

/// The path that a call which names `path` really takes.
int ck_lanes_path(int path);

// MARK: Generators

enum {
    /// ChaCha20 of RFC 8439, zero nonce, block counter from 0.
    CK_CHACHA20 = 1,
    /// AES-256 in counter mode as GCM encrypts: twelve zero bytes, then a big-endian counter from 2.
    CK_AES256_CTR = 2,
};

/// Whether a generator can run on a path. AES-256-CTR runs by instructions of the processor or not at all.
int ck_generator_runs(int generator, int path);

/// What a generator computes with on a path: "portable", "avx2", "avx512", "aes-ni", "vaes256", "vaes512", or "none".
const char *ck_generator_path_name(int generator, int path);

/// Overwrites out[0..bytes) with the keystream of a 32-byte key from byte 64 * first_block on. 0, or -1 when the
/// generator cannot run on the path. Reading past 2^38 bytes (ChaCha20) or 2^36 - 32 (AES) is the caller's error.
int ck_keystream(int generator, uint8_t *out, size_t bytes, uint64_t first_block, const uint8_t *key, int path);

// MARK: Masks

/// A key made ready, with its sign. As secret as the key: wipe it.
typedef struct ck_mask {
    /// The key itself, or the fifteen round keys of AES-256.
    uint8_t schedule[240];
    uint32_t generator, subtract;
    uint64_t reserved;
} ck_mask;

/// Makes a key of 32 bytes ready. 0, or -1 when no path of this machine runs the generator.
int ck_mask_init(ck_mask *mask, int generator, const uint8_t *key, int subtract);

/// Adds every mask to words[0..count), or subtracts it, lane by lane: word first_word + i of the keystream, cut to the bits
/// `used`, meets words[i]. `top` has the highest bit of every lane, `first_word` is a multiple of 8, words have no bit
/// outside `used`. All masks of a tile of 16 KiB come before the next tile. 0, or -1 when a generator cannot run.
int ck_mask_apply(
    const ck_mask *masks, size_t mask_count, uint64_t *words, size_t count, uint64_t first_word, uint64_t used,
    uint64_t top, int path);

/// sum[i] += term[i], or -= with `subtract`, lane by lane: bits of the term outside `used` do not count, and the sum has none.
/// The term is little-endian words at any address.
void ck_lanes_add(
    uint64_t *sum, const void *term, size_t count, uint64_t used, uint64_t top, int subtract, int path);

/// The bits that are set in any of `count` little-endian words at any address.
uint64_t ck_lanes_union(const void *words, size_t count);

/// Processors that this process may use, at least 1.
int ck_processors(void);

#ifdef __cplusplus
}
#endif

#endif
