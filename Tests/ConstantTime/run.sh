#!/bin/sh
# Checks that operations on secrets take time, branches and addresses that do not depend on them: the masking protocol's
# scalars, shares, keys, boxes, masks, quantiser and sealed records (valgrind alone); Paillier's
# encryption exponents, decryption, share opening in both modes, the search of primes and of safe primes. Every check has a
# planted fault beside it that must be found. Usage: run.sh [valgrind|timing|divisions|all] [samples]
#   valgrind   secrets are hidden from memcheck, which reports every branch and address made of them (portable path)
#   timing     Welch's t between classes of secrets, on the fastest path of this machine
#   divisions  no division instruction, whose time depends on its operands, in the code that sees secrets
# Needs swift, libgmp, libsodium, objdump and, for valgrind, valgrind with its headers. Exits 0 when all passed, 1 when
# something failed, 77 when everything that ran passed but a check could not run. Builds in BUILD or a temporary directory.
set -u
here=$(cd "$(dirname "$0")" && pwd)
what=${1:-all}
samples=${2:-2000}
if [ -n "${BUILD:-}" ]; then
    build=$BUILD
    mkdir -p "$build" || exit 1
else
    build=$(mktemp -d) || exit 1
    trap 'rm -rf "$build"' EXIT
fi
passed=0
failed=0
skipped=0

has_valgrind() {
    command -v valgrind >/dev/null 2>&1 || return 1
    echo '#include <valgrind/memcheck.h>' | ${CC:-clang} -E -x c - >/dev/null 2>&1
}

compile() {
    marks=
    if has_valgrind; then marks='-Xcc -DSECAGG_MEMCHECK'; fi
    # shellcheck disable=SC2086
    if ! swift build --package-path "$here" --scratch-path "$build" -c release -debug-info-format none \
        -Xswiftc -enable-testing $marks >"$build/build.log" 2>&1; then
        cat "$build/build.log"
        echo "FAILED: the checks do not build"
        exit 1
    fi
    program=$(swift build --package-path "$here" --scratch-path "$build" -c release --show-bin-path)/constant-time-check
}

# Adds the counts of a run's last line, "passed N, failed N"; a run that ends without one has failed.
tally() {
    cat "$1"
    counts=$(tail -n 1 "$1" | sed -n 's/^passed \([0-9]*\), failed \([0-9]*\)$/\1 \2/p')
    if [ -z "$counts" ]; then
        echo "FAILED: the checks ended early"
        failed=$((failed + 1))
        return
    fi
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
}

skip() {
    echo "SKIPPED: $1"
    skipped=$((skipped + 1))
}

valgrind_check() {
    echo "-- valgrind"
    if ! has_valgrind; then
        skip "valgrind or its header valgrind/memcheck.h is not installed: branches and addresses were not checked"
        return
    fi
    valgrind --error-limit=no --num-callers=16 --suppressions="$here/memcheck.supp" --log-file="$build/memcheck.log" \
        "$program" memcheck >"$build/memcheck.out"
    tally "$build/memcheck.out"
    [ "$failed" -eq 0 ] || swift demangle --simplified <"$build/memcheck.log"
}

timing() {
    echo "-- timing"
    "$program" timing "$samples" >"$build/timing.out"
    tally "$build/timing.out"
}

divisions() {
    echo "-- divisions"
    if ! command -v objdump >/dev/null 2>&1 || [ "$(uname -m)" != x86_64 ]; then
        skip "objdump is not installed, or the processor is another: divisions were not looked for"
        return
    fi
    objdump -d --no-show-raw-insn "$program" | swift demangle --simplified >"$build/code.txt"
    awk -f "$here/divisions.awk" "$build/code.txt" >"$build/divisions.out"
    tally "$build/divisions.out"
}

case $what in
    valgrind) compile && valgrind_check ;;
    timing | divisions) compile && "$what" ;;
    all) compile && valgrind_check && divisions && timing ;;
    *) echo "unknown: $what" >&2; exit 2 ;;
esac
echo "passed $passed, failed $failed, skipped $skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 -o "$skipped" -gt 0 ] || exit 1
[ "$skipped" -eq 0 ] || exit 77
