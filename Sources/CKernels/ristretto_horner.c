// A polynomial whose coefficients are ristretto255 elements, evaluated at a small number: the right side of Feldman's check.
// Everything here is public, and branches depend on the number.

#include "ristretto_group.h"

#if CK_RISTRETTO

/// x times a point, x not zero, from the highest bit down.
static point small_multiple(point p, uint64_t x) {
    const cached once = cache(p);
    point r = p;
    for (int bit = 62 - __builtin_clzll(x); bit >= 0; bit--) {
        r = twice(r);
        if (x >> bit & 1) r = sum(r, once);
    }
    return r;
}

/// The encoding of a point, RFC 9496 section 4.3.2.
static void encode_point(uint8_t *s, point p) {
    fe u1 = fe_mul(fe_add(p.z, p.y), fe_sub(p.z, p.y)), u2 = fe_mul(p.x, p.y), root;
    inverse_root(&root, fe_mul(u1, fe_square(u2)));
    fe den1 = fe_mul(root, u1), den2 = fe_mul(root, u2), z_inverse = fe_mul(fe_mul(den1, den2), p.t);
    uint64_t turn = fe_is_negative(fe_mul(p.t, z_inverse));
    fe x = fe_select(p.x, fe_mul(p.y, SQRT_M1), turn), y = fe_select(p.y, fe_mul(p.x, SQRT_M1), turn);
    fe inverse = fe_select(den2, fe_mul(den1, INVSQRT_A_MINUS_D), turn);
    y = fe_select(y, fe_sub(ZERO, y), fe_is_negative(fe_mul(x, z_inverse)));
    fe_encode(s, fe_absolute(fe_mul(inverse, fe_sub(p.z, y))));
}

int ck_ristretto_evaluate(uint8_t *out, const uint8_t *coefficients, size_t count, uint64_t x) {
    point value, coefficient;
    if (count == 0 || x == 0 || !decode(&value, coefficients + 32 * (count - 1))) return -1;
    for (size_t i = count - 1; i-- > 0;) {
        if (!decode(&coefficient, coefficients + 32 * i)) return -1;
        value = sum(small_multiple(value, x), cache(coefficient));
    }
    encode_point(out, value);
    return 0;
}

#else
int ck_ristretto_evaluate(uint8_t *out, const uint8_t *coefficients, size_t count, uint64_t x) {
    (void)out, (void)coefficients, (void)count, (void)x;
    return -2;
}
#endif
