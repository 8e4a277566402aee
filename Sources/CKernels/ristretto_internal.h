#ifndef CK_RISTRETTO_INTERNAL_H
#define CK_RISTRETTO_INTERNAL_H

#include "lane_internal.h"

#if defined(__SIZEOF_INT128__)
#define CK_RISTRETTO 1
#else
#define CK_RISTRETTO 0
#endif

#if CK_RISTRETTO && CK_LANES_X86
#define CK_RISTRETTO_EIGHT 1
#else
#define CK_RISTRETTO_EIGHT 0
#endif

/// A number modulo 2^255 - 19, radix 2^51. What a multiplication, a subtraction or fe_carry gives has limbs below 2^52; what
/// an addition of two such gives goes into a multiplication or a subtraction at once.
typedef struct {
    uint64_t v[5];
} fe;

typedef struct {
    fe x, y, z, t;
} point;

/// Y + X, Y - X, 2 d T, 2 Z.
typedef struct {
    fe plus, minus, t2d, z2;
} cached;

enum { WINDOWS = 32, ENTRIES = 8, DIGITS = 2 * WINDOWS };
enum { POINT_LIMBS = sizeof(point) / sizeof(uint64_t), ENTRY_LIMBS = sizeof(cached) / sizeof(uint64_t) };

#if CK_RISTRETTO_EIGHT
/// The table for eight scalars at once: of each window and each of the twenty limbs of its entries, the eight entries side by side.
typedef struct {
    uint64_t limbs[WINDOWS][ENTRY_LIMBS][ENTRIES];
} table_of_eight;

/// Whether there are multiply-adds of 52 bits to use.
int ck_ristretto_has_eight(int path);

/// The products by eight scalars, given their digits of -8 ... 8, least first: digits[i][k] is digit i of scalar k, out[i][k] limb
/// i of product k.
void ck_ristretto_eight(uint64_t out[POINT_LIMBS][8], const table_of_eight *table, const int8_t digits[DIGITS][8]);
#endif

#endif
