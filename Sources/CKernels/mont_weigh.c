// The product of many numbers to public powers, by buckets (N. Pippenger, SIAM Journal on Computing 9, 1980).
//
// Exponents are cut into windows. Every number is multiplied into one bucket a window, the one its digit names; the
// product of bucket[k]^k then takes two products a bucket; and the windows are put together by squarings. Whatever
// is independent runs in blocks.

#include "mont_internal.h"

#define WIDEST_WINDOW 12

/// Blocks of numbers that are distributed before the queue must run dry.
#define NUMBER_BLOCKS 4

typedef struct { size_t width, windows, buckets, words, lanes; } plan;

/// Products of blocks, by which a width is chosen.
static uint64_t expected_products(const ck_mont *m, size_t bits, size_t width, size_t count) {
    uint64_t lanes = ck_block_lanes(m), windows = (bits + width - 1) / width, buckets = ((uint64_t)1 << width) - 1;
    return windows * count / lanes + 2 * buckets * ((windows + lanes - 1) / lanes) + bits + windows;
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

/// Residues beside the buckets: one, some blocks of numbers, and running products and sums of every window.
static size_t extra_residues(const plan *p) { return 1 + NUMBER_BLOCKS * p->lanes + 2 * p->windows; }

size_t ck_mont_weigh_scratch_bytes(const ck_mont *m, size_t bits, size_t count) {
    if (bits == 0) return 0;
    plan p = best_plan(m, bits, count);
    size_t residues = p.windows * p.buckets + extra_residues(&p), flags = p.windows * p.buckets;
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

int ck_mont_weigh(
    const ck_mont *m, uint64_t *out, const uint64_t *bases, const uint64_t *exponents, size_t bits, size_t count,
    void *scratch, size_t scratch_bytes) {
    if (bits == 0 || scratch_bytes < ck_mont_weigh_scratch_bytes(m, bits, count)) return -1;
    plan p = best_plan(m, bits, count);
    size_t step = ck_exponent_limbs(bits), w = p.words, n = m->limbs, block = ck_block_words(m);
    uint64_t *a = ck_align64(scratch), *b = a + ck_round8(block), *entered = b + ck_round8(block);
    uint64_t *work = entered + ck_round8(block), *one = work + ck_round8(ck_block_scratch_bytes(m) / 8 + 1);
    uint64_t *numbers = one + w, *running = numbers + NUMBER_BLOCKS * p.lanes * w;
    uint64_t *sums = running + p.windows * w, *buckets = sums + p.windows * w;
    uint8_t *set = (uint8_t *)(buckets + p.windows * p.buckets * w);
    memset(set, 0, p.windows * p.buckets);
    queue q = {.m = m, .a = a, .b = b, .scratch = work};

    uint64_t *const only_one[CK_LANES] = {one};
    ck_block_one(m, a);
    ck_block_scatter(m, only_one, a);
    for (size_t i = 0; i < count; i += p.lanes) {
        size_t lanes = count - i < p.lanes ? count - i : p.lanes;
        uint64_t *places[CK_LANES], *here = numbers + i / p.lanes % NUMBER_BLOCKS * p.lanes * w;
        if (here == numbers) queue_flush(&q);
        for (size_t k = 0; k < CK_LANES; k++) places[k] = k < lanes ? here + k * w : NULL;
        ck_block_enter(m, entered, bases + i * n, lanes, work);
        ck_block_scatter(m, places, entered);
        for (size_t k = 0; k < lanes; k++) {
            for (size_t j = 0; j < p.windows; j++) {
                uint64_t digit = ck_exponent_window(exponents + (i + k) * step, bits, j * p.width, p.width);
                if (digit == 0) continue;
                size_t at = j * p.buckets + digit - 1;
                times(&q, buckets + at * w, set + at, here + k * w, w);
            }
        }
    }
    queue_flush(&q);

    // bucket[k]^k multiplied over k: running products from the top, and the product of those.
    for (size_t j = 0; j < 2 * p.windows; j++) memcpy(running + j * w, one, w * sizeof *one);
    for (size_t k = p.buckets; k-- != 0;) {
        for (size_t j = 0; j < p.windows; j++)
            if (set[j * p.buckets + k]) queue_add(&q, running + j * w, buckets + (j * p.buckets + k) * w);
        queue_flush(&q);
        for (size_t j = 0; j < p.windows; j++) queue_add(&q, sums + j * w, running + j * w);
        queue_flush(&q);
    }

    const uint64_t *const top[CK_LANES] = {sums + (p.windows - 1) * w};
    ck_block_gather(m, a, top);
    for (size_t j = p.windows - 1; j-- != 0;) {
        const uint64_t *const sum[CK_LANES] = {sums + j * w};
        for (size_t k = 0; k < p.width; k++) ck_block_sqr(m, a, a, work);
        ck_block_gather(m, b, sum);
        ck_block_mul(m, a, a, b, work);
    }
    ck_block_leave(m, out, a, 1, work);
    ck_wipe(scratch, scratch_bytes);
    return 0;
}
