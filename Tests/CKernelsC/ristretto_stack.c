// What the multiples of a ristretto255 element leave on the stack: they run on a stack of their own, on which nothing but zeros and
// a few addresses may stand afterwards. A planted frame that is left must be found.

#include "support.h"

#include <sodium.h>
#include <ucontext.h>

enum { BYTES = 1 << 20, COUNT = 40, UNTOUCHED = 0xa5, FRAME = 512, ADDRESSES = 64 };

static uint8_t *stack, out[COUNT][32], element[32], scalars[COUNT][32];
static void *scratch;
static int path, is_planted;
static ucontext_t outer, inner;

static __attribute__((noinline)) void leave_a_frame(void) {
    uint8_t frame[2 * FRAME];
    memset(frame, 0x5c, sizeof frame);
    __asm__ volatile("" : : "r"(frame) : "memory");
}

static void run(void) {
    if (ck_ristretto_multiples(out[0], element, scalars[0], COUNT, scratch, path) != 0) exit(4);
    if (is_planted) leave_a_frame();
}

/// Bytes below the caller's own frame that were written and not overwritten with zeros.
static size_t left(void) {
    size_t left = 0;
    for (size_t i = 0; i < BYTES - FRAME; i++) left += stack[i] != 0 && stack[i] != UNTOUCHED;
    return left;
}

static size_t search(void) {
    memset(stack, UNTOUCHED, BYTES);
    crypto_core_ristretto255_random(element);
    for (int k = 0; k < COUNT; k++) crypto_core_ristretto255_scalar_random(scalars[k]);
    getcontext(&inner);
    inner.uc_stack.ss_sp = stack;
    inner.uc_stack.ss_size = BYTES;
    inner.uc_link = &outer;
    makecontext(&inner, run, 0);
    swapcontext(&outer, &inner);
    return left();
}

int main(void) {
    if (sodium_init() < 0 || ck_ristretto_scratch_bytes() == 0) return 3;
    stack = aligned(BYTES);
    scratch = aligned(ck_ristretto_scratch_bytes());
    int failures = 0;
    for (path = CK_LANES_PORTABLE; path <= ck_lanes_best(); path++) {
        is_planted = 0;
        size_t honest = search();
        is_planted = 1;
        size_t planted = search();
        printf("stack, path %d: %zu bytes left, %zu with a planted frame\n", path, honest, planted);
        failures += honest > ADDRESSES || planted <= ADDRESSES;
    }
    return failures != 0;
}
