// Ed25519 signatures confirmed eight at a time, against libsodium's verdict on each. Usage: ed25519 [rounds, default 200]
// Signatures are right, changed in a bit, out of range, by keys of small order or with a part of small order, and no points.
// What libsodium cannot be asked, since nobody knows such a signature, is asked with a hash of zero.

#include "support.h"

#include <sodium.h>

enum { MOST = 19, MESSAGE = 40 };
static unsigned long cases, accepted, mismatches, mixed[2];

typedef struct {
    uint8_t key[32], signature[64], message[MESSAGE];
} signed_message;

static void hash_of(uint8_t hash[32], const signed_message *m) {
    crypto_hash_sha512_state state;
    uint8_t wide[64];
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, m->signature, 32);
    crypto_hash_sha512_update(&state, m->key, 32);
    crypto_hash_sha512_update(&state, m->message, MESSAGE);
    crypto_hash_sha512_final(&state, wide);
    crypto_core_ed25519_scalar_reduce(hash, wide);
}

static int libsodium_accepts(const signed_message *m) {
    return crypto_sign_verify_detached(m->signature, m->message, MESSAGE, m->key) == 0;
}

static void check(const signed_message *messages, size_t count) {
    ck_ed25519_claim claims[MOST];
    uint8_t got[MOST + 1];
    memset(got, 0xee, sizeof got);
    for (size_t i = 0; i < count; i++) {
        memcpy(claims[i].key, messages[i].key, 32);
        memcpy(claims[i].point, messages[i].signature, 32);
        memcpy(claims[i].scalar, messages[i].signature + 32, 32);
        hash_of(claims[i].hash, &messages[i]);
    }
    if (ck_ed25519_confirm(got, claims, count, CK_LANES_AUTOMATIC) != 0) mismatches++;
    for (size_t i = 0; i < count; i++, cases++) {
        const int want = libsodium_accepts(&messages[i]);
        accepted += (unsigned long)want;
        if (got[i] != want && mismatches++ < 5) printf("MISMATCH at %zu of %zu: libsodium says %d\n", i, count, want);
    }
    if (got[count] != 0xee) mismatches++;
}

static void sign(signed_message *m) {
    uint8_t secret[64];
    crypto_sign_keypair(m->key, secret);
    randombytes_buf(m->message, MESSAGE);
    crypto_sign_detached(m->signature, NULL, m->message, MESSAGE, secret);
}

/// The points of order 1, 2, 4 and 8, by encodings, canonical and not.
static const char *const small_orders[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};
enum { SMALL = sizeof small_orders / sizeof *small_orders };

static void small_order(uint8_t point[32], size_t which) {
    sodium_hex2bin(point, 32, small_orders[which], 64, NULL, NULL, NULL);
}

/// A signature whose key has a part of order 8 is right when the hash happens to be a multiple of that order, and only then.
static void sign_with_torsion(signed_message *m, size_t which) {
    uint8_t a[32], r[32], hash[32], product[32], torsion[32];
    crypto_core_ed25519_scalar_random(a);
    crypto_core_ed25519_scalar_random(r);
    if (crypto_scalarmult_ed25519_base_noclamp(m->key, a) != 0) exit(3);
    small_order(torsion, which);
    if (crypto_core_ed25519_add(m->key, m->key, torsion) != 0) exit(3);
    if (crypto_scalarmult_ed25519_base_noclamp(m->signature, r) != 0) exit(3);
    randombytes_buf(m->message, MESSAGE);
    hash_of(hash, m);
    crypto_core_ed25519_scalar_mul(product, hash, a);
    crypto_core_ed25519_scalar_add(m->signature + 32, r, product);
    mixed[libsodium_accepts(m)]++;
}

/// With a key of small order and R = S B, S B - hash A is R whenever the hash is a multiple of the order.
static void sign_by_nobody(signed_message *m, size_t which) {
    crypto_core_ed25519_scalar_random(m->signature + 32);
    if (crypto_scalarmult_ed25519_base_noclamp(m->signature, m->signature + 32) != 0) exit(3);
    small_order(m->key, which);
    randombytes_buf(m->message, MESSAGE);
}

/// The right answer for R of small order: S = hash a.
static void sign_with_small_point(signed_message *m, size_t which) {
    uint8_t a[32], hash[32];
    crypto_core_ed25519_scalar_random(a);
    if (crypto_scalarmult_ed25519_base_noclamp(m->key, a) != 0) exit(3);
    small_order(m->signature, which);
    randombytes_buf(m->message, MESSAGE);
    hash_of(hash, m);
    crypto_core_ed25519_scalar_mul(m->signature + 32, hash, a);
}

/// Right but for the sign of R, which the hash already has turned round.
static void sign_turned(signed_message *m) {
    uint8_t a[32], r[32], hash[32], product[32];
    crypto_core_ed25519_scalar_random(a);
    crypto_core_ed25519_scalar_random(r);
    if (crypto_scalarmult_ed25519_base_noclamp(m->key, a) != 0) exit(3);
    if (crypto_scalarmult_ed25519_base_noclamp(m->signature, r) != 0) exit(3);
    m->signature[31] ^= 0x80;
    hash_of(hash, m);
    crypto_core_ed25519_scalar_mul(product, hash, a);
    crypto_core_ed25519_scalar_add(m->signature + 32, r, product);
}

/// S and S plus the order are the same in the group; only the first is a signature.
static void add_order(uint8_t scalar[32]) {
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                      0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
    unsigned carry = 0;
    for (int i = 0; i < 32; i++) {
        carry += scalar[i] + order[i];
        scalar[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

/// One of every kind.
static void spoil(signed_message *m, unsigned kind) {
    const size_t bit = randombytes_uniform(8);
    switch (kind % 12) {
    case 1: m->message[randombytes_uniform(MESSAGE)] ^= 1 << bit; break;
    case 2: m->signature[randombytes_uniform(32)] ^= 1 << bit; break;
    case 3: m->signature[32 + randombytes_uniform(32)] ^= 1 << bit; break;
    case 4: m->key[randombytes_uniform(32)] ^= 1 << bit; break;
    case 5: add_order(m->signature + 32); break;
    case 6: sign_with_torsion(m, randombytes_uniform(8)); break;
    case 7: sign_by_nobody(m, randombytes_uniform(SMALL)); break;
    case 8: sign_with_small_point(m, randombytes_uniform(SMALL)); break;
    case 9: randombytes_buf(m, sizeof *m); break;
    case 10: sign_turned(m); break;
    case 11: memset(randombytes_uniform(2) ? m->key : m->signature, 0xff, 32); break;
    default: break;
    }
}

/// With a hash of zero S B = R is right whatever the key, so that it is the key alone, or the sign of R, that is refused.
static void check_key(const uint8_t key[32], int flips, int want) {
    ck_ed25519_claim claim = {{0}, {0}, {0}, {0}};
    uint8_t got = 7;
    memcpy(claim.key, key, 32);
    crypto_core_ed25519_scalar_random(claim.scalar);
    if (crypto_scalarmult_ed25519_base_noclamp(claim.point, claim.scalar) != 0) exit(3);
    if (flips) claim.point[31] ^= 0x80;
    if (ck_ed25519_confirm(&got, &claim, 1, CK_LANES_AUTOMATIC) != 0 || got != (want && !flips)) {
        if (mismatches++ < 5) printf("MISMATCH of a key: %d for %d\n", got, want);
    }
    cases++;
}

/// The order of the generator, a hash that is zero but not written as one, is no hash.
static void unreduced_hash(void) {
    ck_ed25519_claim claim = {{0}, {0}, {0}, {0}};
    uint8_t got = 7;
    crypto_core_ed25519_scalar_random(claim.hash);
    if (crypto_scalarmult_ed25519_base_noclamp(claim.key, claim.hash) != 0) exit(3);
    crypto_core_ed25519_scalar_random(claim.scalar);
    if (crypto_scalarmult_ed25519_base_noclamp(claim.point, claim.scalar) != 0) exit(3);
    memset(claim.hash, 0, 32);
    if (ck_ed25519_confirm(&got, &claim, 1, CK_LANES_AUTOMATIC) != 0 || got != 1) mismatches++;
    add_order(claim.hash);
    if (ck_ed25519_confirm(&got, &claim, 1, CK_LANES_AUTOMATIC) != 0 || got != 0) mismatches++;
    cases += 2;
}

/// Keys that are points, by libsodium's addition, and that are none; the same with 2^255 - 19 added, which are no encodings.
static void keys(void) {
    uint8_t base[32], key[32], sum[32];
    unsigned long points = 0, others = 0;
    static const uint8_t one[32] = {1};
    if (crypto_scalarmult_ed25519_base_noclamp(base, one) != 0) exit(3);
    for (int k = 0; k < 3000; k++) {
        const int small_y = k < 38;
        memset(key, 0, 32);
        if (small_y) key[0] = (uint8_t)(k / 2);
        else randombytes_buf(key, 32);
        if (small_y && k % 2) key[31] = 0x80;
        int want = crypto_core_ed25519_add(sum, key, base) == 0;
        // The small y that are of small order: 0 and 1.
        if (small_y && k < 4) want = 0;
        want ? points++ : others++;
        check_key(key, 0, want);
        check_key(key, 1, want);
        if (!small_y) continue;
        // y + p = 2^255 - 19 + y.
        memset(key, 0xff, 32);
        key[0] = (uint8_t)(0xed + k / 2);
        key[31] = k % 2 ? 0xff : 0x7f;
        check_key(key, 0, 0);
    }
    for (size_t i = 0; i < SMALL; i++) {
        small_order(key, i);
        check_key(key, 0, 0);
    }
    if (points == 0 || others == 0) mismatches++;
}

int main(int count, char **arguments) {
    const int rounds = count > 1 ? atoi(arguments[1]) : 200;
    ck_ed25519_claim none[1];
    uint8_t verdict;
    if (sodium_init() < 0) return 3;
    if (ck_ed25519_confirm(&verdict, none, 0, CK_LANES_AUTOMATIC) == -2) {
        puts("ed25519: not run, this processor has no multiply-adds of 52 bits");
        return 0;
    }
    if (ck_ed25519_confirm(&verdict, none, 0, CK_LANES_AVX2) != -2) mismatches++;
    keys();
    unreduced_hash();
    for (int round = 0; round < rounds; round++)
        for (size_t n = 1; n <= MOST; n++) {
            signed_message messages[MOST];
            for (size_t i = 0; i < n; i++) {
                sign(&messages[i]);
                spoil(&messages[i], round % 3 == 0 ? 0 : randombytes_uniform(12));
            }
            check(messages, n);
        }
    printf("ed25519: %lu cases, %lu signatures, keys with a part of small order %lu refused and %lu not; %lu mismatches\n",
           cases, accepted, mixed[0], mixed[1], mismatches);
    return mismatches != 0 || accepted == 0 || mixed[0] == 0 || mixed[1] == 0;
}
