// Multiples of one ristretto255 element by many scalars: a table of the element's multiples is made once, and a product is then
// sixty-four additions instead of two hundred and fifty-two doublings. RFC 9496; the formulas are those of Hisil, Wong, Carter and
// Dawson for twisted Edwards curves with a = -1. The element is public; no branch and no address depends on a scalar.

#include "lane_internal.h"

#if defined(__SIZEOF_INT128__)

typedef unsigned __int128 wide;

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

enum { WINDOWS = 32, ENTRIES = 8 };
static const uint64_t LOW = ((uint64_t)1 << 51) - 1;
static const fe ONE = {{1, 0, 0, 0, 0}}, ZERO = {{0}};
static const fe EDWARDS_D = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
static const fe EDWARDS_2D = {{0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
static const fe SQRT_M1 = {{0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};
static const fe INVSQRT_A_MINUS_D = {{0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};

/// A word that the compiler knows nothing about, so that a choice made with it stays a mask.
CK_LANE_INLINE uint64_t opaque(uint64_t x) {
    __asm__("" : "+r"(x));
    return x;
}

// MARK: The field

CK_LANE_INLINE fe fe_carry(fe a) {
    for (int i = 0; i < 4; i++) {
        a.v[i + 1] += a.v[i] >> 51;
        a.v[i] &= LOW;
    }
    a.v[0] += 19 * (a.v[4] >> 51);
    a.v[4] &= LOW;
    return a;
}

CK_LANE_INLINE fe fe_add(fe a, fe b) {
    for (int i = 0; i < 5; i++) a.v[i] += b.v[i];
    return a;
}

/// a - b for limbs of b below 2^53 - 76: four times the modulus keeps every limb positive.
CK_LANE_INLINE fe fe_sub(fe a, fe b) {
    a.v[0] += 0x1fffffffffffb4 - b.v[0];
    for (int i = 1; i < 5; i++) a.v[i] += 0x1ffffffffffffc - b.v[i];
    return fe_carry(a);
}

CK_LANE_INLINE fe fe_reduce(wide r0, wide r1, wide r2, wide r3, wide r4) {
    fe r;
    r1 += (uint64_t)(r0 >> 51);
    r2 += (uint64_t)(r1 >> 51);
    r3 += (uint64_t)(r2 >> 51);
    r4 += (uint64_t)(r3 >> 51);
    r.v[0] = ((uint64_t)r0 & LOW) + 19 * (uint64_t)(r4 >> 51);
    r.v[1] = ((uint64_t)r1 & LOW) + (r.v[0] >> 51);
    r.v[0] &= LOW;
    r.v[2] = (uint64_t)r2 & LOW;
    r.v[3] = (uint64_t)r3 & LOW;
    r.v[4] = (uint64_t)r4 & LOW;
    return r;
}

/// The product of numbers whose limbs are below 2^54.
CK_LANE_INLINE fe fe_mul(fe a, fe b) {
    const uint64_t *x = a.v, *y = b.v;
    uint64_t y1 = 19 * y[1], y2 = 19 * y[2], y3 = 19 * y[3], y4 = 19 * y[4];
    return fe_reduce(
        (wide)x[0] * y[0] + (wide)x[1] * y4 + (wide)x[2] * y3 + (wide)x[3] * y2 + (wide)x[4] * y1,
        (wide)x[0] * y[1] + (wide)x[1] * y[0] + (wide)x[2] * y4 + (wide)x[3] * y3 + (wide)x[4] * y2,
        (wide)x[0] * y[2] + (wide)x[1] * y[1] + (wide)x[2] * y[0] + (wide)x[3] * y4 + (wide)x[4] * y3,
        (wide)x[0] * y[3] + (wide)x[1] * y[2] + (wide)x[2] * y[1] + (wide)x[3] * y[0] + (wide)x[4] * y4,
        (wide)x[0] * y[4] + (wide)x[1] * y[3] + (wide)x[2] * y[2] + (wide)x[3] * y[1] + (wide)x[4] * y[0]);
}

CK_LANE_INLINE fe fe_square(fe a) {
    const uint64_t *x = a.v;
    uint64_t x0 = 2 * x[0], x1 = 2 * x[1], x3 = 19 * x[3], x4 = 19 * x[4];
    return fe_reduce(
        (wide)x[0] * x[0] + (wide)x1 * x4 + (wide)(2 * x[2]) * x3,
        (wide)x0 * x[1] + (wide)(2 * x[2]) * x4 + (wide)x[3] * x3,
        (wide)x0 * x[2] + (wide)x[1] * x[1] + (wide)(2 * x[3]) * x4,
        (wide)x0 * x[3] + (wide)x1 * x[2] + (wide)x[4] * x4,
        (wide)x0 * x[4] + (wide)x1 * x[3] + (wide)x[2] * x[2]);
}

static fe fe_squares(fe a, int count) {
    for (int i = 0; i < count; i++) a = fe_square(a);
    return a;
}

/// a^((p - 5) / 8) = a^(2^252 - 3).
static fe fe_power(fe a) {
    fe a2 = fe_square(a), a9 = fe_mul(a, fe_squares(a2, 2)), a11 = fe_mul(a2, a9);
    fe e5 = fe_mul(a9, fe_square(a11));  // a^(2^5 - 1)
    fe e10 = fe_mul(fe_squares(e5, 5), e5);
    fe e20 = fe_mul(fe_squares(e10, 10), e10);
    fe e40 = fe_mul(fe_squares(e20, 20), e20);
    fe e50 = fe_mul(fe_squares(e40, 10), e10);
    fe e100 = fe_mul(fe_squares(e50, 50), e50);
    fe e200 = fe_mul(fe_squares(e100, 100), e100);
    fe e250 = fe_mul(fe_squares(e200, 50), e50);
    return fe_mul(fe_squares(e250, 2), a);
}

static fe fe_decode(const uint8_t *s) {
    uint64_t w[4];
    for (int i = 0; i < 4; i++) {
        memcpy(&w[i], s + 8 * i, 8);
        w[i] = ck_little64(w[i]);
    }
    fe r = {{w[0] & LOW, (w[0] >> 51 | w[1] << 13) & LOW, (w[1] >> 38 | w[2] << 26) & LOW,
             (w[2] >> 25 | w[3] << 39) & LOW, w[3] >> 12 & LOW}};
    return r;
}

/// The 32 bytes of the number below the modulus.
static void fe_encode(uint8_t *s, fe a) {
    a = fe_carry(fe_carry(a));
    // q is 1 exactly when a is the modulus or more.
    uint64_t q = (a.v[0] + 19) >> 51;
    for (int i = 1; i < 5; i++) q = (a.v[i] + q) >> 51;
    a.v[0] += 19 * q;
    for (int i = 0; i < 4; i++) {
        a.v[i + 1] += a.v[i] >> 51;
        a.v[i] &= LOW;
    }
    a.v[4] &= LOW;
    uint64_t w[4] = {a.v[0] | a.v[1] << 51, a.v[1] >> 13 | a.v[2] << 38, a.v[2] >> 26 | a.v[3] << 25,
                     a.v[3] >> 39 | a.v[4] << 12};
    for (int i = 0; i < 4; i++) {
        w[i] = ck_little64(w[i]);
        memcpy(s + 8 * i, &w[i], 8);
    }
}

/// All ones when a is zero, else 0.
static uint64_t fe_is_zero(fe a) {
    uint8_t s[32];
    uint64_t any = 0;
    fe_encode(s, a);
    for (int i = 0; i < 32; i++) any |= s[i];
    return opaque(0 - ((any - 1) >> 63));
}

/// All ones when the least bit is set, else 0.
static uint64_t fe_is_negative(fe a) {
    uint8_t s[32];
    fe_encode(s, a);
    return opaque(0 - (uint64_t)(s[0] & 1));
}

/// b where the choice is all ones, a where it is 0.
CK_LANE_INLINE fe fe_select(fe a, fe b, uint64_t choice) {
    for (int i = 0; i < 5; i++) a.v[i] ^= choice & (a.v[i] ^ b.v[i]);
    return a;
}

static fe fe_absolute(fe a) { return fe_select(a, fe_sub(ZERO, a), fe_is_negative(a)); }

/// 1 / sqrt(v), or of SQRT_M1 v where v is no square; all ones when it is one.
static uint64_t inverse_root(fe *root, fe v) {
    fe v3 = fe_mul(fe_square(v), v), v7 = fe_mul(fe_square(v3), v), r = fe_mul(v3, fe_power(v7));
    fe check = fe_mul(v, fe_square(r));
    uint64_t correct = fe_is_zero(fe_sub(check, ONE)), flipped = fe_is_zero(fe_add(check, ONE));
    uint64_t flipped_i = fe_is_zero(fe_add(check, SQRT_M1));
    r = fe_select(r, fe_mul(r, SQRT_M1), flipped | flipped_i);
    *root = fe_absolute(r);
    return correct | flipped;
}

// MARK: The group

CK_LANE_INLINE point completed(fe e, fe f, fe g, fe h) {
    point r = {fe_mul(e, f), fe_mul(g, h), fe_mul(f, g), fe_mul(e, h)};
    return r;
}

static point twice(point p) {
    fe a = fe_square(p.x), b = fe_square(p.y), c = fe_square(p.z), both = fe_add(a, b);
    fe e = fe_sub(fe_square(fe_add(p.x, p.y)), both), g = fe_sub(b, a), f = fe_sub(g, fe_add(c, c));
    return completed(e, f, g, fe_sub(ZERO, both));
}

CK_LANE_INLINE point sum(point p, cached q) {
    fe a = fe_mul(fe_sub(p.y, p.x), q.minus), b = fe_mul(fe_add(p.y, p.x), q.plus);
    fe c = fe_mul(p.t, q.t2d), d = fe_mul(p.z, q.z2);
    return completed(fe_sub(b, a), fe_sub(d, c), fe_add(d, c), fe_add(b, a));
}

static cached cache(point p) {
    cached r = {fe_carry(fe_add(p.y, p.x)), fe_sub(p.y, p.x), fe_mul(p.t, EDWARDS_2D), fe_carry(fe_add(p.z, p.z))};
    return r;
}

/// The point of an encoding, 0 when it is none.
static int decode(point *p, const uint8_t *s) {
    uint8_t again[32];
    fe x = fe_decode(s), square = fe_square(x), u1 = fe_sub(ONE, square), u2 = fe_add(ONE, square);
    fe_encode(again, x);
    if (memcmp(again, s, 32) != 0 || (s[0] & 1) != 0) return 0;
    fe u2_square = fe_square(u2), v = fe_sub(fe_sub(ZERO, fe_mul(EDWARDS_D, fe_square(u1))), u2_square), root;
    uint64_t is_square = inverse_root(&root, fe_mul(v, u2_square));
    fe den_x = fe_mul(root, u2), den_y = fe_mul(fe_mul(root, den_x), v);
    p->x = fe_absolute(fe_mul(fe_add(x, x), den_x));
    p->y = fe_mul(u1, den_y);
    p->z = ONE;
    p->t = fe_mul(p->x, p->y);
    return is_square != 0 && fe_is_negative(p->t) == 0 && fe_is_zero(p->y) == 0;
}

// MARK: Encoding in batches

/// What the encoding of twice a point is made from. The double of (X : Y : Z : T) is (e / g', f / h') up to the choice of a
/// representative; its encoding needs no root but the inverse of one product, which many points share.
typedef struct {
    fe e, f, g, h, eg, fh, before;
} doubled;

static doubled prepare(point p) {
    fe zz = fe_square(p.z), dtt = fe_mul(EDWARDS_D, fe_square(p.t));
    doubled r;
    r.e = fe_mul(p.x, fe_add(p.y, p.y));
    r.f = fe_carry(fe_add(zz, dtt));
    r.g = fe_carry(fe_add(fe_square(p.y), fe_square(p.x)));
    r.h = fe_sub(zz, dtt);
    r.eg = fe_mul(r.e, r.g);
    r.fh = fe_mul(r.f, r.h);
    return r;
}

/// The 32 bytes of one of them, given the inverse of eg fh.
static void encode(uint8_t *s, const doubled *d, fe inverse) {
    fe z_inverse = fe_mul(d->eg, inverse), t_inverse = fe_mul(d->fh, inverse);
    uint64_t turn = fe_is_negative(fe_mul(d->eg, z_inverse));
    fe e = fe_select(d->e, d->g, turn), g = fe_select(d->g, fe_sub(ZERO, d->e), turn);
    fe h = fe_select(d->h, fe_mul(d->f, SQRT_M1), turn), factor = fe_select(INVSQRT_A_MINUS_D, SQRT_M1, turn);
    g = fe_select(g, fe_sub(ZERO, g), fe_is_negative(fe_mul(fe_mul(h, e), z_inverse)));
    fe_encode(s, fe_absolute(fe_mul(fe_sub(h, g), fe_mul(factor, fe_mul(g, t_inverse)))));
}

/// 1 / a = a^(p - 2).
static fe fe_inverse(fe a) { return fe_mul(fe_squares(fe_power(a), 3), fe_mul(fe_square(a), a)); }

/// Encodes all: running products forward, one inversion, and back.
static void encode_all(uint8_t *out, doubled *d, size_t count) {
    fe running = ONE;
    for (size_t i = 0; i < count; i++) {
        d[i].before = running;
        running = fe_mul(running, fe_mul(d[i].eg, d[i].fh));
    }
    running = fe_inverse(running);
    for (size_t i = count; i-- > 0;) {
        encode(out + 32 * i, &d[i], fe_mul(running, d[i].before));
        running = fe_mul(running, fe_mul(d[i].eg, d[i].fh));
    }
}

// MARK: The table

/// Entry j of window i is (j + 1) 256^i times the point.
static void fill(cached table[WINDOWS][ENTRIES], point p) {
    for (int i = 0; i < WINDOWS; i++) {
        point multiple = p;
        table[i][0] = cache(p);
        for (int j = 1; j < ENTRIES; j++) {
            multiple = j == 1 ? twice(p) : sum(multiple, table[i][0]);
            table[i][j] = cache(multiple);
        }
        p = multiple;
        for (int j = 0; j < 5; j++) p = twice(p);
    }
}

/// Sixty-four digits of -8 ... 8 of half a scalar modulo the group order: an odd one is made even by adding the order.
static void digits(int8_t *e, const uint8_t *scalar) {
    static const uint64_t order[4] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000};
    uint64_t w[4], odd;
    for (int i = 0; i < 4; i++) {
        memcpy(&w[i], scalar + 8 * i, 8);
        w[i] = ck_little64(w[i]);
    }
    odd = opaque(0 - (w[0] & 1));
    wide carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (wide)w[i] + (order[i] & odd);
        w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    for (int i = 0; i < 4; i++) w[i] = w[i] >> 1 | (i < 3 ? w[i + 1] << 63 : 0);
    int over = 0;
    for (int i = 0; i < 64; i++) {
        int digit = (int)(w[i / 16] >> 4 * (i % 16) & 15) + over;
        over = i < 63 ? (digit + 8) >> 4 : 0;
        e[i] = (int8_t)(digit - (over << 4));
    }
    ck_wipe(w, sizeof w);
}

/// The digit's multiple: every entry is read.
CK_LANE_INLINE cached entry(const cached window[ENTRIES], int8_t digit) {
    typedef uint64_t pair __attribute__((vector_size(16), aligned(8), may_alias));
    const uint64_t negative = opaque(0 - (uint64_t)((uint8_t)digit >> 7));
    const uint64_t size = opaque((uint64_t)((digit ^ (int)negative) - (int)negative));
    cached r = {ONE, ONE, ZERO, {{2, 0, 0, 0, 0}}};
    const uint64_t none = opaque(0 - ((size - 1) >> 63));
    pair *to = (pair *)&r;
    for (size_t i = 0; i < sizeof(cached) / sizeof(pair); i++) to[i] &= (pair){none, none};
    for (uint64_t j = 1; j <= ENTRIES; j++) {
        const uint64_t choice = opaque(0 - (((size ^ j) - 1) >> 63));
        const pair *from = (const pair *)&window[j - 1], mask = {choice, choice};
        for (size_t i = 0; i < sizeof(cached) / sizeof(pair); i++) to[i] |= from[i] & mask;
    }
    fe plus = fe_select(r.plus, r.minus, negative);
    r.minus = fe_select(r.minus, r.plus, negative);
    r.plus = plus;
    r.t2d = fe_select(r.t2d, fe_sub(ZERO, r.t2d), negative);
    return r;
}

static point multiply(const cached table[WINDOWS][ENTRIES], const uint8_t *scalar) {
    int8_t e[64];
    point p = {ZERO, ONE, ONE, ZERO};
    digits(e, scalar);
    for (int i = 1; i < 64; i += 2) p = sum(p, entry(table[i / 2], e[i]));
    for (int i = 0; i < 4; i++) p = twice(p);
    for (int i = 0; i < 64; i += 2) p = sum(p, entry(table[i / 2], e[i]));
    ck_wipe(e, sizeof e);
    return p;
}

/// Products that share an inversion.
enum { BATCH = 32 };

typedef struct {
    cached table[WINDOWS][ENTRIES];
    doubled results[BATCH];
} room;

size_t ck_ristretto_scratch_bytes(void) { return sizeof(room); }

int ck_ristretto_multiples(uint8_t *out, const uint8_t *element, const uint8_t *scalars, size_t count, void *scratch) {
    room *r = scratch;
    point p;
    if (!decode(&p, element)) return -1;
    fill(r->table, p);
    for (size_t done = 0; done < count;) {
        size_t n = count - done < BATCH ? count - done : BATCH;
        for (size_t i = 0; i < n; i++) r->results[i] = prepare(multiply((const cached(*)[ENTRIES])r->table, scalars + 32 * (done + i)));
        encode_all(out + 32 * done, r->results, n);
        done += n;
    }
    ck_wipe(r->results, sizeof r->results);
    return 0;
}

#else
size_t ck_ristretto_scratch_bytes(void) { return 0; }

int ck_ristretto_multiples(uint8_t *out, const uint8_t *element, const uint8_t *scalars, size_t count, void *scratch) {
    (void)out, (void)element, (void)scalars, (void)count, (void)scratch;
    return -2;
}
#endif
