# Reads disassembly with demangled names; looks for divisions in the functions that see secrets, and in the planted one.
# Elsewhere public counts are divided (limbs into numbers); the kernels for public exponents divide counts, too.
BEGIN {
    secret = "SecretLimbs[.]|SecretPrime[.]|SafePrimeSearch[.](next|passesFermat)|TrialDivision[.]divides|PrimeBranch[.]|" \
        "SecretKey[.]|SecretPolynomial[.]|Encryptor[.]|EncryptionPool[.]|disclosed[(]|" \
        "<ck_(p|v|limbs)_|<ck_mont_|<ck_comb_(exp|build)"
}
/^[0-9a-f]+ </ {
    name = $0
    sub(/^[0-9a-f]+ </, "", name)
    sub(/>:$/, "", name)
    planted = name ~ /Planted[.]remainder/
    watched = $0 ~ secret && name !~ /Planted|MemcheckRun|TimingRun|Taint|ck_mont_(weigh|multi|subsets)/
    if (watched) functions++
}
/\ti?div[bwlq]?[ \t]/ {
    if (planted) caught++
    if (watched) {
        print "FAILED: a division in " name
        found++
    }
}
END {
    print (functions < 60 || found ? "FAILED" : "passed") ": " functions + 0 " functions that see secrets: " \
        found + 0 " divisions"
    print (caught ? "passed" : "FAILED") ": planted: a division: " caught + 0 " findings"
    bad = (functions < 60 || found > 0) + !caught
    print "passed " 2 - bad ", failed " bad
}
