// Products of many numbers to public powers, by buckets (N. Pippenger, SIAM Journal on Computing 9, 1980).
//
// Exponents are cut into windows. Every number is multiplied into one bucket a window, the one its digit names. Folding
// the upper half of the buckets onto the lower one, again and again, leaves for every bit the product of the numbers
// that have it, at two products a bucket. Squarings put the bits together. Whatever is independent runs in blocks.

#include "mont_internal.h"

#define WIDEST_WINDOW 12

/// Blocks of numbers that are distributed before the queue must run dry.
#define NUMBER_BLOCKS 4

typedef struct { size_t width, windows, buckets, words, lanes; } plan;

/// Products of blocks, by which a width is chosen.
static uint64_t expected_products(const ck_mont *m, size_t bits, size_t width, size_t count) {
    uint64_t lanes = ck_block_lanes(m), windows = (bits + width - 1) / width, buckets = ((uint64_t)1 << width) - 1;
    return windows * count / lanes + 2 * buckets * ((windows + lanes - 1) / lanes) + 2 * bits;
}

static plan best_plan(const ck_mont *m, size_t bits, size_t count) {
    size_t best = 1;
    for (size_t width = 2; width <= WIDEST_WINDOW && width <= bits; width++)
        if (expected_products(m, bits, width, count) < expected_products(m, bits, best, count)) best = width;
    return (plan){best, (bits + best - 1) / best, ((size_t)1 << best) - 1, ck_residue_words(m), ck_block_lanes(m)};
}

uint64_t ck_mont_weigh_products(const ck_mont *m, size_t bits, size_t count) {
    return expected_products(m, bits, best_plan(m, bits, count).width, count) + count / ck_block_lanes(m);
}

/// Residues beside the buckets: one, some blocks of numbers, and the products of the bits.
static size_t extra_residues(const plan *p) { return 1 + NUMBER_BLOCKS * p->lanes + p->windows * p->width; }

size_t ck_mont_weigh_scratch_bytes(const ck_mont *m, size_t bits, size_t count) {
    if (bits == 0) return 0;
    plan p = best_plan(m, bits, count);
    size_t residues = p.windows * p.buckets + extra_residues(&p), flags = p.windows * (p.buckets + p.width);
    return 64 * 8 + ck_block_scratch_bytes(m) + 8 * (3 * ck_block_words(m) + residues * p.words) + flags;
}

/// Products that wait until a block is full: each place is multiplied by a factor.
typedef struct {
    const ck_mont *m;
    uint64_t *place[CK_LANES];
    const uint64_t *factor[CK_LANES];
    size_t waiting;
    uint64_t *a, *b;
    void *scratch;
} queue;

static void queue_flush(queue *q) {
    if (q->waiting == 0) return;
    for (size_t i = q->waiting; i < CK_LANES; i++) q->place[i] = NULL, q->factor[i] = NULL;
    ck_block_gather(q->m, q->a, (const uint64_t *const *)q->place);
    ck_block_gather(q->m, q->b, q->factor);
    ck_block_mul(q->m, q->a, q->a, q->b, q->scratch);
    ck_block_scatter(q->m, q->place, q->a);
    q->waiting = 0;
}

/// A place that waits already is served first.
static void queue_add(queue *q, uint64_t *place, const uint64_t *factor) {
    for (size_t i = 0; i < q->waiting; i++)
        if (q->place[i] == place || q->place[i] == factor) {
            queue_flush(q);
            break;
        }
    q->place[q->waiting] = place;
    q->factor[q->waiting++] = factor;
    if (q->waiting == ck_block_lanes(q->m)) queue_flush(q);
}

/// place *= factor, where a place that is not `set` holds nothing yet.
static void times(queue *q, uint64_t *place, uint8_t *set, const uint64_t *factor, size_t words) {
    if (*set) {
        queue_add(q, place, factor);
    } else {
        memcpy(place, factor, words * sizeof *place);
        *set = 1;
    }
}

/// Everything in the caller's scratch.
typedef struct {
    plan p;
    queue q;
    uint64_t *entered, *one, *numbers, *bits, *buckets;
    uint8_t *bucket_set, *bit_set;
} state;

static state state_in(const ck_mont *m, size_t bits, size_t count, void *scratch) {
    state s = {.p = best_plan(m, bits, count), .q = {.m = m, .a = ck_align64(scratch)}};
    size_t block = ck_round8(ck_block_words(m)), buckets = s.p.windows * s.p.buckets, of_bits = s.p.windows * s.p.width;
    s.q.b = s.q.a + block;
    s.entered = s.q.b + block;
    s.q.scratch = s.entered + block;
    s.one = (uint64_t *)s.q.scratch + ck_round8(ck_block_scratch_bytes(m) / 8 + 1);
    s.numbers = s.one + s.p.words;
    s.bits = s.numbers + NUMBER_BLOCKS * s.p.lanes * s.p.words;
    s.buckets = s.bits + of_bits * s.p.words;
    s.bucket_set = (uint8_t *)(s.buckets + buckets * s.p.words);
    s.bit_set = s.bucket_set + buckets;
    memset(s.bucket_set, 0, buckets + of_bits);
    ck_block_one(m, s.q.a);
    uint64_t *const places[CK_LANES] = {s.one};
    ck_block_scatter(m, places, s.q.a);
    return s;
}

static void fill_buckets(state *s, const uint64_t *base, const uint64_t *exponent, size_t bits, size_t count) {
    const ck_mont *m = s->q.m;
    size_t step = ck_exponent_limbs(bits), words = s->p.words, width = s->p.width;
    for (size_t i = 0; i < count; i += s->p.lanes) {
        size_t lanes = count - i < s->p.lanes ? count - i : s->p.lanes;
        uint64_t *places[CK_LANES], *here = s->numbers + i / s->p.lanes % NUMBER_BLOCKS * s->p.lanes * words;
        if (here == s->numbers) queue_flush(&s->q);
        for (size_t k = 0; k < CK_LANES; k++) places[k] = k < lanes ? here + k * words : NULL;
        ck_block_enter(m, s->entered, base + i * m->limbs, lanes, s->q.scratch);
        ck_block_scatter(m, places, s->entered);
        for (size_t k = 0; k < lanes; k++) {
            for (size_t j = 0; j < s->p.windows; j++) {
                uint64_t digit = ck_exponent_window(exponent + (i + k) * step, bits, j * width, width);
                if (digit == 0) continue;
                size_t at = j * s->p.buckets + digit - 1;
                times(&s->q, s->buckets + at * words, s->bucket_set + at, here + k * words, words);
            }
        }
    }
    queue_flush(&s->q);
}

static void fold_buckets(state *s) {
    size_t words = s->p.words;
    for (size_t b = s->p.width; b-- != 0;) {
        size_t half = (size_t)1 << b;
        for (size_t digit = half; digit < 2 * half; digit++) {
            for (int down = 0; down < 2; down++) {
                for (size_t j = 0; j < s->p.windows; j++) {
                    size_t from = j * s->p.buckets + digit - 1, bit = j * s->p.width + b;
                    if (!s->bucket_set[from] || (down && digit == half)) continue;
                    uint64_t *place = down ? s->buckets + (from - half) * words : s->bits + bit * words;
                    uint8_t *set = down ? s->bucket_set + from - half : s->bit_set + bit;
                    times(&s->q, place, set, s->buckets + from * words, words);
                }
            }
        }
        queue_flush(&s->q);
    }
}

static const uint64_t *bit_product(const state *s, size_t bit) {
    return s->bit_set[bit] ? s->bits + bit * s->p.words : s->one;
}

int ck_mont_subsets(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t bits, size_t count,
    void *scratch, size_t scratch_bytes) {
    if (bits == 0 || scratch_bytes < ck_mont_weigh_scratch_bytes(m, bits, count)) return -1;
    state s = state_in(m, bits, count, scratch);
    fill_buckets(&s, base, exponent, bits, count);
    fold_buckets(&s);
    for (size_t i = 0; i < bits; i += s.p.lanes) {
        size_t lanes = bits - i < s.p.lanes ? bits - i : s.p.lanes;
        const uint64_t *places[CK_LANES];
        for (size_t k = 0; k < CK_LANES; k++) places[k] = k < lanes ? bit_product(&s, i + k) : NULL;
        ck_block_gather(m, s.q.a, places);
        ck_block_leave(m, out + i * m->limbs, s.q.a, lanes, s.q.scratch);
    }
    ck_wipe(scratch, scratch_bytes);
    return 0;
}

int ck_mont_weigh(
    const ck_mont *m, uint64_t *out, const uint64_t *base, const uint64_t *exponent, size_t bits, size_t count,
    void *scratch, size_t scratch_bytes) {
    if (bits == 0 || scratch_bytes < ck_mont_weigh_scratch_bytes(m, bits, count)) return -1;
    state s = state_in(m, bits, count, scratch);
    fill_buckets(&s, base, exponent, bits, count);
    fold_buckets(&s);
    for (size_t bit = bits; bit-- != 0;) {
        const uint64_t *const places[CK_LANES] = {bit_product(&s, bit)};
        if (bit == bits - 1) {
            ck_block_gather(m, s.q.a, places);
        } else {
            ck_block_sqr(m, s.q.a, s.q.a, s.q.scratch);
            if (!s.bit_set[bit]) continue;
            ck_block_gather(m, s.q.b, places);
            ck_block_mul(m, s.q.a, s.q.a, s.q.b, s.q.scratch);
        }
    }
    ck_block_leave(m, out, s.q.a, 1, s.q.scratch);
    ck_wipe(scratch, scratch_bytes);
    return 0;
}
