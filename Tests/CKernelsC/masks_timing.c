// Welch's t between the times of two classes of keys and words, all zero against random, for every keystream and path of
// the machine. Usage: masks_timing [samples per class, default 2000]. Exits 1 when a kernel is told apart, or a planted
// sum that stops carrying when there is nothing to carry is not.

#include "support.h"
#include "welch.h"

enum { WORDS = 4096, MASKS = 3 };

static uint64_t words[WORDS];
static ck_mask masks[MASKS];
static int path;

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

static double test(const char *name, int generator, void (*run)(void), size_t samples, double *difference) {
    uint64_t *t = malloc(2 * samples * sizeof *t);
    int *class = malloc(2 * samples * sizeof *class);
    for (size_t i = 0; i < 2 * samples; i++) {
        class[i] = (int)(random_word() >> 40 & 1);
        uint64_t keep = (uint64_t)0 - (uint64_t)class[i], key[4];
        random_limbs(words, WORDS);
        for (int k = 0; k < WORDS; k++) words[k] &= keep >> 1;
        for (int m = 0; m < MASKS; m++) {
            random_limbs(key, 4);
            for (int k = 0; k < 4; k++) key[k] &= keep;
            ck_mask_init(&masks[m], generator, (const uint8_t *)key, m & 1);
        }
        uint64_t from = ticks();
        run();
        t[i] = ticks() - from;
    }
    double score = welch(t, class, 2 * samples, difference);
    printf("%-32s t = %8.2f  difference %+.4f %%\n", name, score, *difference * 100);
    free(t);
    free(class);
    return fabs(score);
}

int main(int argc, char **argv) {
    size_t samples = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
    double d, limit = 4.5;
    int failed = 0;
    for (int generator = CK_CHACHA20; generator <= CK_AES256_CTR; generator++)
        for (path = CK_LANES_PORTABLE; path <= ck_lanes_best(); path++) {
            if (!ck_generator_runs(generator, path)) continue;
            char name[64];
            snprintf(name, sizeof name, "%s, %s", generator == CK_CHACHA20 ? "chacha20" : "aes-256-ctr",
                     ck_generator_path_name(generator, path));
            int told_apart = 0;
            for (int attempt = 0; attempt < 3; attempt++) told_apart += test(name, generator, run_masks, samples, &d) > limit;
            if (told_apart == 3) failed = 1;
        }
    if (test("planted (must be told apart)", CK_CHACHA20, run_planted, samples / 4 + 50, &d) <= limit) failed = 1;
    printf("%s\n", failed ? "FAILED" : "passed");
    return failed;
}
