#ifndef SECAGG_CSODIUM_SHIM_H
#define SECAGG_CSODIUM_SHIM_H

#include <sodium.h>
#ifdef SECAGG_MEMCHECK
#include <valgrind/memcheck.h>
#endif

/// A verdict about a secret that everybody learns from what happens next: a number drawn afresh or a point that is refused, a box
/// that does not open. Takes it for public in the check under memcheck (SECAGG_MEMCHECK); nothing elsewhere.
static inline int secagg_verdict(int code) {
#ifdef SECAGG_MEMCHECK
    VALGRIND_MAKE_MEM_DEFINED(&code, sizeof code);
#endif
    return code;
}

#endif
