// Welch's t between the times of two classes of keys and words, all zero against random, for every keystream and path of
// the machine. Usage: masks_timing [samples per class, default 2000]. Exits 1 when a kernel is told apart, or a planted
// sum that stops carrying when there is nothing to carry is not.

#include "support.h"
#include "welch.h"

enum { WORDS = 4096, MASKS = 3 };

static uint64_t words[WORDS];
static ck_mask masks[MASKS];
static int generator, path;

static void run_masks(void) { ck_mask_apply(masks, MASKS, words, WORDS, 0, (uint64_t)-1 >> 1, (uint64_t)0x40000200001 << 20, path); }

/// An addition that looks at what it adds.
static void run_planted(void) {
    for (int i = 0; i < WORDS; i++)
        for (uint64_t carry = masks[0].schedule[i % 32]; carry != 0;) {
            uint64_t sum = words[i] ^ carry;
            carry = (words[i] & carry) << 1;
            words[i] = sum;
        }
}

static void draw(uint64_t keep) {
    uint64_t key[4];
    random_limbs(words, WORDS);
    for (int k = 0; k < WORDS; k++) words[k] &= keep >> 1;
    for (int m = 0; m < MASKS; m++) {
        random_limbs(key, 4);
        for (int k = 0; k < 4; k++) key[k] &= keep;
        ck_mask_init(&masks[m], generator, (const uint8_t *)key, m & 1);
    }
}

int main(int argc, char **argv) {
    size_t samples = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    double d;
    int failed = 0;
    for (generator = CK_CHACHA20; generator <= CK_AES256_CTR; generator++)
        for (path = CK_LANES_PORTABLE; path <= ck_lanes_best(); path++) {
            if (!ck_generator_runs(generator, path)) continue;
            char name[64];
            snprintf(name, sizeof name, "%s, %s", generator == CK_CHACHA20 ? "chacha20" : "aes-256-ctr",
                     ck_generator_path_name(generator, path));
            failed |= is_told_apart(name, draw, run_masks, samples);
        }
    generator = CK_CHACHA20;
    if (told_apart("planted (must be told apart)", draw, run_planted, samples / 4 + 50, &d) <= WELCH_LIMIT) failed = 1;
    printf("%s\n", failed ? "FAILED" : "passed");
    return failed;
}
