// Multiples of one ristretto255 element by many scalars: a table of the element's multiples is made once, and a product is then
// sixty-four additions instead of two hundred and fifty-two doublings. RFC 9496; the formulas are those of Hisil, Wong, Carter and
// Dawson for twisted Edwards curves with a = -1. The element is public; no branch and no address depends on a scalar.

#include "ristretto_group.h"

#if CK_RISTRETTO

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

/// Encodes all: running products forward, one inversion, and back. All ones when a factor is zero, which leaves no inverse to any:
/// the identity is among the points.
static uint64_t encode_all(uint8_t *out, doubled *d, size_t count) {
    fe running = ONE;
    for (size_t i = 0; i < count; i++) {
        d[i].before = running;
        running = fe_mul(running, fe_mul(d[i].eg, d[i].fh));
    }
    const uint64_t singular = fe_is_zero(running);
    running = fe_inverse(running);
    for (size_t i = count; i-- > 0;) {
        encode(out + 32 * i, &d[i], fe_mul(running, d[i].before));
        running = fe_mul(running, fe_mul(d[i].eg, d[i].fh));
    }
    return singular;
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

/// Sixty-four digits of -8 ... 7 of half a scalar modulo the group order: an odd one is made even by adding the order.
static void digits(int8_t *e, const uint8_t *scalar) {
    uint64_t w[4], odd;
    for (int i = 0; i < 4; i++) {
        memcpy(&w[i], scalar + 8 * i, 8);
        w[i] = ck_little64(w[i]);
    }
    odd = opaque(0 - (w[0] & 1));
    wide carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (wide)w[i] + (GROUP_ORDER[i] & odd);
        w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    for (int i = 0; i < 4; i++) w[i] = w[i] >> 1 | (i < 3 ? w[i + 1] << 63 : 0);
    int over = 0;
    for (int i = 0; i < DIGITS; i++) {
        int digit = (int)(w[i / 16] >> 4 * (i % 16) & 15) + over;
        over = i < DIGITS - 1 ? (digit + 8) >> 4 : 0;
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
    int8_t e[DIGITS];
    point p = {ZERO, ONE, ONE, ZERO};
    digits(e, scalar);
    for (int i = 1; i < DIGITS; i += 2) p = sum(p, entry(table[i / 2], e[i]));
    for (int i = 0; i < 4; i++) p = twice(p);
    for (int i = 0; i < DIGITS; i += 2) p = sum(p, entry(table[i / 2], e[i]));
    ck_wipe(e, sizeof e);
    return p;
}

#if CK_RISTRETTO_EIGHT
/// Lays the entries of each window side by side, limb by limb.
static void widen(table_of_eight *wide, const cached table[WINDOWS][ENTRIES]) {
    for (int i = 0; i < WINDOWS; i++)
        for (int limb = 0; limb < ENTRY_LIMBS; limb++)
            for (int j = 0; j < ENTRIES; j++) wide->limbs[i][limb][j] = ((const uint64_t *)&table[i][j])[limb];
}

/// Eight products at most; the lanes that are left over multiply by zero.
static void multiply_eight(doubled *results, const table_of_eight *table, const uint8_t *scalars, size_t count) {
    int8_t one[DIGITS], all[DIGITS][8] = {{0}};
    uint64_t limbs[POINT_LIMBS][8];
    point p;
    for (size_t k = 0; k < count; k++) {
        digits(one, scalars + 32 * k);
        for (int i = 0; i < DIGITS; i++) all[i][k] = one[i];
    }
    ck_ristretto_eight(limbs, table, (const int8_t(*)[8])all);
    for (size_t k = 0; k < count; k++) {
        for (int limb = 0; limb < POINT_LIMBS; limb++) ((uint64_t *)&p)[limb] = limbs[limb][k];
        results[k] = prepare(p);
    }
    ck_wipe(one, sizeof one);
    ck_wipe(all, sizeof all);
    ck_wipe(limbs, sizeof limbs);
    ck_wipe(&p, sizeof p);
}
#endif

/// Products that share an inversion.
enum { BATCH = 128 };

typedef struct {
    cached table[WINDOWS][ENTRIES];
#if CK_RISTRETTO_EIGHT
    table_of_eight wide;
#endif
    doubled results[BATCH];
} room;

size_t ck_ristretto_scratch_bytes(void) { return sizeof(room); }

/// Bytes of stack, at least those that `multiples` and what it calls take when they are optimised.
enum { STACK = 64 << 10 };

/// Overwrites what a call that has returned left on the stack: what the compiler spilled of points and of table entries.
static __attribute__((noinline)) void wipe_stack(void) {
    uint8_t bytes[STACK];
    ck_wipe(bytes, sizeof bytes);
}

/// A function of its own, so that its frame is below the one that is left when it has returned.
static __attribute__((noinline)) int multiples(
    uint8_t *out, const uint8_t *element, const uint8_t *scalars, size_t count, void *scratch, int path) {
    room *r = scratch;
    uint64_t singular = 0;
    const cached(*table)[ENTRIES] = (const cached(*)[ENTRIES])r->table;
    point p;
    if (!decode(&p, element)) return -1;
    fill(r->table, p);
#if CK_RISTRETTO_EIGHT
    const int by_eight = ck_ristretto_has_eight(path);
    if (by_eight) widen(&r->wide, table);
#else
    (void)path;
#endif
    for (size_t done = 0; done < count;) {
        size_t n = count - done < BATCH ? count - done : BATCH;
        const uint8_t *first = scalars + 32 * done;
#if CK_RISTRETTO_EIGHT
        for (size_t i = 0; by_eight && i < n; i += 8)
            multiply_eight(r->results + i, &r->wide, first + 32 * i, n - i < 8 ? n - i : 8);
        if (!by_eight)
#endif
            for (size_t i = 0; i < n; i++) r->results[i] = prepare(multiply(table, first + 32 * i));
        singular |= encode_all(out + 32 * done, r->results, n);
        done += n;
    }
    ck_wipe(r->results, sizeof r->results);
    if (ck_verdict(singular) == 0) return 0;
    ck_wipe(out, 32 * count);
    return -3;
}

int ck_ristretto_multiples(
    uint8_t *out, const uint8_t *element, const uint8_t *scalars, size_t count, void *scratch, int path) {
    int code = multiples(out, element, scalars, count, scratch, path);
    wipe_stack();
    return code;
}

#else
size_t ck_ristretto_scratch_bytes(void) { return 0; }

int ck_ristretto_multiples(
    uint8_t *out, const uint8_t *element, const uint8_t *scalars, size_t count, void *scratch, int path) {
    (void)out, (void)element, (void)scalars, (void)count, (void)scratch, (void)path;
    return -2;
}
#endif
