// Ed25519 signatures (RFC 8032), eight at a time. Everything here is public, and time depends on it.

#include "CKEd25519.h"
#include "edwards_eight.h"
#include "ristretto_group.h"

#if CK_RISTRETTO_EIGHT

/// Y + X, Y - X and 2 d T, limb by limb, of the generator's multiples by 1 ... 8 with Z = 1.
static const uint64_t generator[15][ENTRIES] = {
    {0x493c6f58c3b85, 0x4e7fc933c71d7, 0x5b0a84cee9730, 0x351b98efc099f,
     0x2bc4408a5bb33, 0x4eeeb77157131, 0x25cd0944ea3bf, 0x7596604dd3e8f},
    {0xdf7181c325f7, 0x2cf41feb6b244, 0x61d10c97155e4, 0x68fbfa4a7050e,
     0x78ebdda05442, 0x1201915f10741, 0x75673b81a4d63, 0x6fc510e058b36},
    {0xf50b0b3e4cb7, 0x7581c0a7d1a76, 0x4059cc8096a10, 0x42a49959d971b,
     0x2ffb112354123, 0x1669cda6c9c56, 0x150b925d1c0d4, 0x3670c8db2cc0d},
    {0x5329385a44c32, 0x7172d534d32f0, 0x47a608da8014f, 0x393e51a469efd,
     0x375ee8df5862d, 0x45ec032db346d, 0x13f38d9294114, 0x297d899ce332f},
    {0x7cf9d3a33d4b, 0x590c063fa87d2, 0x7a164e1b9a80f, 0x680e910321e58,
     0x2945ccf146e20, 0x51e57bb6a2cc3, 0x461bea69283c9, 0x915e76061bce},
    {0x3905d740913e, 0x1a56042b4d5a8, 0x11fe8a4fcd265, 0x6050a056818bf,
     0x182c3a447d6ba, 0x6b67b7d8ca4, 0x72c9aaa3221b1, 0x75dedf39234d9},
    {0xba2817d673a2, 0x189cc159ed153, 0x7bcb8374faacc, 0x62acc1f5532bf,
     0x22964e536eff2, 0x84fa44e72933, 0x267774474f74d, 0x1c36ab1f3c54},
    {0x23e2827f4e67c, 0x5b8deaa3cae04, 0x52f5af4ef4d4f, 0x28141ccc9fa25,
     0x192821f540053, 0x1154ee55d6f8a, 0x64b0e9b28085, 0xf08fee58f5da},
    {0x133d2e0c21a34, 0x2aaf04f11b5d8, 0x5314098f98d10, 0x24d61f471e683,
     0x2f9f19e788e5c, 0x4425d842e7390, 0x3f04ef53b27c9, 0xe19613a0d637},
    {0x44fd2f9298f81, 0x6bb595a669c92, 0x2ab91587555bd, 0x27933f4c7445a,
     0x154a7e73eb1b5, 0x38b64c41ae417, 0x1d6edd5d2e531, 0x3a9024a1320e0},
    {0x11205877aaa68, 0x2a8b3a59b7a5f, 0x6933f0dd0d889, 0x3fbe9c476ff09,
     0x3dbf1812a8285, 0x4326702ea4b71, 0x36dc801b8b3a2, 0x1f5d9c9a2911a},
    {0x479955893d579, 0x3abb359ef087f, 0x44386bb4c4295, 0xaf6b982e4b42,
     0xfa17ba3f9797, 0x6834376030b5, 0xe0a7d4935e30, 0x7117994fafcf8},
    {0x50d66309b67a0, 0x4f5a8c4db05af, 0x3cb6d3162508c, 0xad1251ba78e5,
     0x6f69cb49c3820, 0xef0512f9c380, 0x1deb7cecc0d7d, 0x2d8a8cae28dc5},
    {0x2d42d0dbee5ee, 0x5b9a807d04205, 0x26368b872a2c6, 0x715aeedee7c88,
     0x34d5a0db3858d, 0xf1a9f2512584, 0x53a94e20dd2c, 0x74ab1b2090c87},
    {0x6f117b689f0c6, 0x701af5b13ea50, 0x5a2826af12b9b, 0x7f9d0cbf63553,
     0x43aabe696b3bb, 0x10b8e91a9f0d6, 0x7a9fbb1c6a0f9, 0x26907c5c2ecc4},
};

// MARK: The field

CK_EIGHT static fe8 squares8(fe8 a, int count) {
    for (int i = 0; i < count; i++) a = square8(a);
    return a;
}

/// a^((p - 5) / 8) = a^(2^252 - 3), by the steps of fe_power.
CK_EIGHT static fe8 power8(fe8 a) {
    fe8 a2 = square8(a), a9 = mul8(a, squares8(a2, 2)), a11 = mul8(a2, a9);
    fe8 e5 = mul8(a9, square8(a11));
    fe8 e10 = mul8(squares8(e5, 5), e5);
    fe8 e20 = mul8(squares8(e10, 10), e10);
    fe8 e40 = mul8(squares8(e20, 20), e20);
    fe8 e50 = mul8(squares8(e40, 10), e10);
    fe8 e100 = mul8(squares8(e50, 50), e50);
    fe8 e200 = mul8(squares8(e100, 100), e100);
    fe8 e250 = mul8(squares8(e200, 50), e50);
    return mul8(squares8(e250, 2), a);
}

/// 1 / a = a^(p - 2).
CK_EIGHT static fe8 inverse8(fe8 a) { return mul8(squares8(power8(a), 3), mul8(square8(a), a)); }

CK_EIGHT CK_LANE_INLINE fe8 every8(fe a) {
    fe8 r;
    for (int i = 0; i < 5; i++) r.v[i] = _mm512_set1_epi64((long long)a.v[i]);
    return r;
}

CK_EIGHT static fe8 gathered8(const fe a[8]) {
    uint64_t limbs[5][8];
    fe8 r;
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 8; k++) limbs[i][k] = a[k].v[i];
        r.v[i] = _mm512_loadu_si512(limbs[i]);
    }
    return r;
}

CK_EIGHT static void scattered8(fe r[8], fe8 a) {
    uint64_t limbs[5][8];
    for (int i = 0; i < 5; i++) {
        _mm512_storeu_si512(limbs[i], a.v[i]);
        for (int k = 0; k < 8; k++) r[k].v[i] = limbs[i][k];
    }
}

// MARK: The group

CK_EIGHT static cached8 cache8(point8 p) {
    cached8 r = {add8(p.y, p.x), sub8(p.y, p.x), mul8(p.t, every8(EDWARDS_2D)), add8(p.z, p.z)};
    return r;
}

/// The negatives of the points that eight keys encode (RFC 8032 section 5.1.3); valid[k] becomes 0 where a key is no canonical
/// encoding of a point.
CK_EIGHT static point8 negatives8(const uint8_t keys[8][32], uint8_t valid[8]) {
    const fe8 one = every8(ONE);
    fe ys[8], xs[8], us[8], checks[8];
    for (int k = 0; k < 8; k++) {
        uint8_t again[32];
        ys[k] = fe_decode(keys[k]);
        fe_encode(again, ys[k]);
        again[31] |= keys[k][31] & 0x80;
        valid[k] &= memcmp(again, keys[k], 32) == 0;
    }
    fe8 y = gathered8(ys), yy = square8(y), u = sub8(yy, one), v = add8(mul8(yy, every8(EDWARDS_D)), one);
    fe8 v3 = mul8(square8(v), v), x = mul8(mul8(u, v3), power8(mul8(u, mul8(square8(v3), v))));
    scattered8(us, u);
    scattered8(xs, x);
    scattered8(checks, mul8(v, square8(x)));
    for (int k = 0; k < 8; k++) {
        const uint64_t root = fe_is_zero(fe_sub(checks[k], us[k])), other = fe_is_zero(fe_add(checks[k], us[k]));
        valid[k] &= (root | other) != 0;
        xs[k] = fe_select(xs[k], fe_mul(xs[k], SQRT_M1), other);
        // An x with the key's sign is turned round, and one without is the negative already.
        const uint64_t same = fe_is_negative(xs[k]) ^ (0 - (uint64_t)(keys[k][31] >> 7)) ^ ~(uint64_t)0;
        xs[k] = fe_select(xs[k], fe_sub(ZERO, xs[k]), same);
    }
    x = gathered8(xs);
    point8 p = {x, y, one, mul8(x, y)};
    return p;
}

/// Clears valid[k] where a point is of order 1, 2, 4 or 8.
CK_EIGHT static void refuse_small_order8(point8 p, uint8_t valid[8]) {
    fe xs[8], differences[8];
    for (int i = 0; i < 3; i++) p = twice8(p);
    scattered8(xs, p.x);
    scattered8(differences, sub8(p.y, p.z));
    for (int k = 0; k < 8; k++) valid[k] &= (fe_is_zero(xs[k]) & fe_is_zero(differences[k])) == 0;
}

/// Each lane's multiple of its own point: entry |digit| of its table, with the digit's sign.
CK_EIGHT static cached8 own_entry8(const cached8 table[ENTRIES], const int8_t digits[8]) {
    const fe8 zero = {{_mm512_setzero_si512()}};
    const lanes digit = _mm512_cvtepi8_epi64(_mm_loadl_epi64((const __m128i *)digits)), size = _mm512_abs_epi64(digit);
    cached8 r = {every8(ONE), every8(ONE), zero, every8((fe){{2, 0, 0, 0, 0}})};
    lanes *to = (lanes *)&r;
    for (int j = 0; j < ENTRIES; j++) {
        const __mmask8 chosen = _mm512_cmpeq_epi64_mask(size, _mm512_set1_epi64(j + 1));
        const lanes *from = (const lanes *)&table[j];
#pragma clang loop unroll(full)
        for (int i = 0; i < ENTRY_LIMBS; i++) to[i] = _mm512_mask_mov_epi64(to[i], chosen, from[i]);
    }
    return signed8(r, _mm512_movepi64_mask(digit));
}

/// p plus the lanes' multiples of the generator, without the product T.
CK_EIGHT static point8 plus_generator8(point8 p, const int8_t digits[8]) {
    const fe8 zero = {{_mm512_setzero_si512()}};
    const lanes digit = _mm512_cvtepi8_epi64(_mm_loadl_epi64((const __m128i *)digits));
    const lanes place = _mm512_sub_epi64(_mm512_abs_epi64(digit), _mm512_set1_epi64(1));
    const __mmask8 some = _mm512_test_epi64_mask(digit, digit);
    fe8 part[3];
    for (int c = 0; c < 3; c++)
#pragma clang loop unroll(full)
        for (int i = 0; i < 5; i++)
            part[c].v[i] = _mm512_mask_permutexvar_epi64(
                _mm512_set1_epi64(c < 2 && i == 0), some, place, _mm512_loadu_si512(generator[5 * c + i]));
    const cached8 q = signed8((cached8){part[0], part[1], part[2], zero}, _mm512_movepi64_mask(digit));
    fe8 a = mul8(sub8(p.y, p.x), q.minus), b = mul8(add8(p.y, p.x), q.plus), c = mul8(p.t, q.t2d), d = loose8(p.z, p.z);
    const fe8 e = sub8(b, a), f = sub8(d, c), g = add8(d, c), h = add8(b, a);
    point8 r = {mul8(e, f), mul8(g, h), mul8(f, g), zero};
    return r;
}

// MARK: Signatures

/// Sixty-four digits of -8 ... 8 of a number below 2^255, least first.
static void digits_of(int8_t digits[DIGITS][8], int lane, const uint8_t *number) {
    int over = 0;
    for (int i = 0; i < DIGITS; i++) {
        int digit = (number[i / 2] >> 4 * (i % 2) & 15) + over;
        over = i < DIGITS - 1 ? (digit + 8) >> 4 : 0;
        digits[i][lane] = (int8_t)(digit - (over << 4));
    }
}

/// Whether a scalar is below the order of the generator.
static int is_reduced(const uint8_t *scalar) {
    for (int i = 3; i >= 0; i--) {
        uint64_t w;
        memcpy(&w, scalar + 8 * i, 8);
        w = ck_little64(w);
        if (w != GROUP_ORDER[i]) return w < GROUP_ORDER[i];
    }
    return 0;
}

/// A group of eight; claims that are no signature at all may be among them.
CK_EIGHT static void confirm8(uint8_t valid[8], const ck_ed25519_claim claims[8]) {
    int8_t hash[DIGITS][8], scalar[DIGITS][8];
    uint8_t keys[8][32], encoding[32];
    fe xs[8], ys[8];
    for (int k = 0; k < 8; k++) {
        memcpy(keys[k], claims[k].key, 32);
        valid[k] = (uint8_t)(is_reduced(claims[k].scalar) && is_reduced(claims[k].hash));
        digits_of(hash, k, claims[k].hash);
        digits_of(scalar, k, claims[k].scalar);
    }
    const point8 key = negatives8(keys, valid);
    refuse_small_order8(key, valid);
    cached8 table[ENTRIES];
    point8 multiple = key;
    table[0] = cache8(key);
    for (int j = 1; j < ENTRIES; j++) {
        multiple = sum8(multiple, table[0]);
        table[j] = cache8(multiple);
    }
    point8 p = identity8();
    for (int i = DIGITS; i-- > 0;) {
        for (int j = 0; j < 3; j++) p = doubled8(p, 0);
        p = doubled8(p, 1);
        p = sum8(p, own_entry8(table, hash[i]));
        p = plus_generator8(p, scalar[i]);
    }
    refuse_small_order8(p, valid);
    const fe8 inverse = inverse8(p.z);
    scattered8(xs, mul8(p.x, inverse));
    scattered8(ys, mul8(p.y, inverse));
    for (int k = 0; k < 8; k++) {
        fe_encode(encoding, ys[k]);
        encoding[31] |= (uint8_t)(fe_is_negative(xs[k]) & 0x80);
        valid[k] &= memcmp(encoding, claims[k].point, 32) == 0;
    }
}

int ck_ed25519_confirm(uint8_t *confirmed, const ck_ed25519_claim *claims, size_t count, int path) {
    if (!ck_ristretto_has_eight(path)) return -2;
    for (size_t at = 0; at < count; at += 8) {
        const size_t n = count - at < 8 ? count - at : 8;
        ck_ed25519_claim group[8];
        uint8_t valid[8];
        for (size_t k = 0; k < 8; k++) group[k] = claims[at + (k < n ? k : 0)];
        confirm8(valid, group);
        memcpy(confirmed + at, valid, n);
    }
    return 0;
}

#else
int ck_ed25519_confirm(uint8_t *confirmed, const ck_ed25519_claim *claims, size_t count, int path) {
    (void)confirmed, (void)claims, (void)count, (void)path;
    return -2;
}
#endif
