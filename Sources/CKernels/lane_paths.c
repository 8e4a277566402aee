// Which instructions there are, and which path a call takes.

#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "lane_internal.h"

#if defined(__linux__)
#include <sched.h>
#elif defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

int ck_processors(void) {
#if defined(__linux__)
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0) return CPU_COUNT(&allowed);
#elif defined(_SC_NPROCESSORS_ONLN)
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count > 0) return (int)count;
#endif
    return 1;
}

static _Atomic int forced = CK_LANES_AUTOMATIC;

#if CK_LANES_X86
static int has_avx512(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

int ck_has_aes(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("aes") && __builtin_cpu_supports("avx2");
}

int ck_has_vaes(void) { return ck_has_aes() && __builtin_cpu_supports("vaes"); }
#endif

int ck_lanes_best(void) {
#if CK_LANES_X86
    __builtin_cpu_init();
    if (has_avx512()) return CK_LANES_AVX512;
    if (ck_has_vaes()) return CK_LANES_VAES;
    if (__builtin_cpu_supports("avx2")) return CK_LANES_AVX2;
#endif
    return CK_LANES_PORTABLE;
}

int ck_lanes_path(int path) {
    int best = ck_lanes_best();
    if (path == CK_LANES_AUTOMATIC) path = forced;
    return path == CK_LANES_AUTOMATIC || path > best ? best : path < CK_LANES_PORTABLE ? CK_LANES_PORTABLE : path;
}

int ck_vectors_path(int path) {
    path = ck_lanes_path(path);
    return path == CK_LANES_VAES ? CK_LANES_AVX2 : path;
}

int ck_lanes_force(int path) {
    forced = path;
    return ck_lanes_path(CK_LANES_AUTOMATIC);
}
