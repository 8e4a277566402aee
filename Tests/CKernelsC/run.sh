#!/bin/sh
# Compiles and runs the tests of the C kernels. Usage: run.sh [differential|masks|codec|ristretto|ed25519|secrets|disassembly|timing|bench|all] [args]
# Needs a C compiler (CC, default clang), libgmp, libsodium, objdump and, for secrets, valgrind. Binaries go to BUILD or a
# temporary directory.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels="$here/../../Sources/CKernels"
build=${BUILD:-$(mktemp -d)}
mkdir -p "$build"
cc=${CC:-clang}
flags="-O2 -std=gnu11 -Wall -Wextra -Werror -I$kernels/include -I$kernels -I$here"
what=${1:-all}
[ $# -gt 0 ] && shift

compile() { $cc $flags "$here/$1.c" "$kernels"/*.c -lgmp -lsodium -lm -o "$build/$1"; }

differential() { compile differential; "$build/differential" "$@"; }
codec() { compile codec; "$build/codec" "$@"; }
masks() { compile masks; "$build/masks" "$@"; }

ristretto() {
    compile ristretto; "$build/ristretto" "$@"
    compile ristretto_stack; "$build/ristretto_stack"
}

ed25519() { compile ed25519; "$build/ed25519" "$@"; }

secrets() {
    # That a product is the identity is a public verdict.
    (flags="$flags -DSECAGG_MEMCHECK"; compile ristretto)
    valgrind -q --error-exitcode=9 "$build/ristretto" 2
    if valgrind -q --error-exitcode=9 "$build/ristretto" 1 planted-branch >"$build/planted-scalar.log" 2>&1; then
        echo "FAILED: a branch on a scalar was not reported"; exit 1
    fi
    grep -q "uninitialised" "$build/planted-scalar.log" || { echo "FAILED: it ended in another way"; exit 1; }
    echo "a planted branch on a scalar was reported, as it must be"
    compile secret_memory
    valgrind -q --error-exitcode=9 "$build/secret_memory"
    for planted in planted-branch planted-address; do
        if valgrind -q --error-exitcode=9 "$build/secret_memory" $planted >"$build/$planted.log" 2>&1; then
            echo "FAILED: $planted was not reported"; exit 1
        else
            [ $? -eq 9 ] || { echo "FAILED: $planted ended in another way"; cat "$build/$planted.log"; exit 1; }
        fi
        echo "$planted was reported, as it must be"
    done
}

disassembly() {
    objects=
    for f in ifma_mul ifma_pair ifma_convert ifma_exp ifma_comb chacha_vectors aes_vectors codec_vectors ristretto_eight; do
        $cc $flags -c "$kernels/$f.c" -o "$build/$f.o"
        objects="$objects $build/$f.o"
    done
    python3 "$here/disassembly-check.py" $objects
    $cc $flags -c "$here/planted.c" -o "$build/planted.o"
    if python3 "$here/disassembly-check.py" "$build/planted.o" >"$build/planted.log"; then
        echo "FAILED: planted faults were not found"; exit 1
    fi
    for f in planted_address planted_branch planted_move; do
        grep -q "$f:.*:" "$build/planted.log" || { echo "FAILED: $f was not found"; exit 1; }
    done
    echo "planted faults were found, as they must be"
}

timing() {
    compile timing; "$build/timing" "$@"
    compile masks_timing; "$build/masks_timing" "$@"
    compile ristretto_timing; "$build/ristretto_timing" "$@"
}
bench() {
    compile bench; "$build/bench" "$@"
    compile ristretto_bench; "$build/ristretto_bench"
}

case $what in
    all) differential "$@"; masks; codec; ristretto; ed25519; secrets; disassembly; timing ;;
    differential | masks | codec | ristretto | ed25519 | secrets | disassembly | timing | bench) "$what" "$@" ;;
    *) echo "unknown: $what" >&2; exit 2 ;;
esac
