"""shamir/ristretto255.json."""

import ristretto
import shamir
from layout import test
from primitives import keystream
from rfc9496 import INVALID, MULTIPLES
from scenario import fixed


def build():
    tests = []
    tests.append(test("the identity is no public point", {"operation": "decodePoint", "encoding": MULTIPLES[0]},
                      error="invalidPoint"))
    for k, encoding in enumerate(MULTIPLES[1:], 1):
        tests.append(test("a multiple of the generator (RFC 9496 A.1)",
                          {"operation": "multiplyBase", "scalar": ristretto.scalar_bytes(k)}, {"point": encoding}))
    for encoding in INVALID:
        assert ristretto.decode(bytes.fromhex(encoding)) is None
        tests.append(test("not a canonical point (RFC 9496 A.2)", {"operation": "decodePoint", "encoding": encoding},
                          error="invalidPoint"))
    other = keystream(fixed("wide"), 64)
    for wide in (b"\xff" * 64, (ristretto.ORDER - 1).to_bytes(64, "little"),
                 (ristretto.ORDER + 1).to_bytes(64, "little"), other):
        tests.append(test("64 bytes reduced modulo the order", {"operation": "reduce", "wide": wide},
                          {"scalar": ristretto.scalar_bytes(ristretto.scalar_from_wide(wide))}))
    for zero in (bytes(64), ristretto.ORDER.to_bytes(64, "little")):
        assert ristretto.scalar_from_wide(zero) == 0
        tests.append(test("a zero is drawn again", {"operation": "reduce", "wide": zero + other},
                          {"scalar": ristretto.scalar_bytes(ristretto.scalar_from_wide(other))}))

    cases = ((2, [0, 1, 2], [0, 2]), (3, [0, 1, 2], [0, 1, 2]), (3, [0, 1, 2, 3, 5, 6, 7], [1, 5, 7]),
             (5, [0, 2, 3, 7, 11, 12, 40], [0, 3, 7, 12, 40]), (4, [0, 1, 1000, 65535], [0, 1, 1000, 65535]))
    base = None
    for t, holders, chosen in cases:
        wide = [keystream(fixed(f"shamir {t} {len(holders)} {d}"), 64) for d in range(t)]
        coefficients = [ristretto.scalar_from_wide(w) for w in wide]
        shares = {h: shamir.evaluate(coefficients, h) for h in holders}
        points = shamir.commitments(coefficients)
        assert all(shamir.share_matches(shares[h], points, h) for h in holders)
        subset = {h: shares[h] for h in chosen}
        assert shamir.interpolate(subset) == coefficients[0]
        weights = shamir.weights_at_zero(sorted(chosen))
        item = {
            "coefficients": [ristretto.scalar_bytes(c) for c in coefficients],
            "shares": [{"id": h, "share": ristretto.scalar_bytes(shares[h])} for h in holders],
            "commitments": [ristretto.encode(p) for p in points],
            "weights": [{"id": h, "weight": ristretto.scalar_bytes(w)} for h, w in zip(sorted(chosen), weights)],
            "secret": ristretto.scalar_bytes(coefficients[0]),
        }
        tests.append(test(f"{t} of {len(holders)}", {"operation": "share", "threshold": t, "holders": holders,
                                                    "wideCoefficients": wide, "reconstructFrom": chosen}, item))
        if t == 3 and len(holders) == 7:
            base = (shares, points)

    shares, points = base
    encoded = [ristretto.encode(p) for p in points]

    def listed(pairs):
        return [{"id": h, "share": s if isinstance(s, bytes) else ristretto.scalar_bytes(s)} for h, s in pairs]

    def refuse(comment, error, pairs, **more):
        tests.append(test(comment, {"operation": "recover", "threshold": 3, "commitments": encoded,
                                    "shares": listed(pairs)}, error=error, **more))

    order = ristretto.ORDER
    good = [(1, shares[1]), (5, shares[5])]
    refuse("a share equal to the order", "nonCanonicalShare", good + [(7, order.to_bytes(32, "little"))], holder=7)
    refuse("a share plus the order", "nonCanonicalShare", good + [(7, (shares[7] + order).to_bytes(32, "little"))],
           holder=7)
    refuse("a share of all ones", "nonCanonicalShare", [(1, b"\xff" * 32)] + [(5, shares[5]), (7, shares[7])], holder=1)
    refuse("the same holder twice", "duplicateShare", good + [(5, shares[5])], holder=5)
    refuse("the same holder twice with different shares", "duplicateShare", good + [(5, shares[5] + 1)], holder=5)
    refuse("two shares where three are needed", "abortedInsufficientShares", good)
    for wrong in (1, 5, 7):
        pairs = [(h, shares[h] + (h == wrong)) for h in (1, 5, 7)]
        assert [h for h, s in pairs if not shamir.share_matches(s % order, points, h)] == [wrong]
        assert shamir.interpolate({h: s % order for h, s in pairs}) != shamir.interpolate(
            {h: shares[h] for h in (1, 5, 7)})
        refuse("one wrong share: the holder at fault is found by the commitments", "inconsistentShare", pairs,
               holder=wrong)
    exchanged = [(1, shares[5]), (5, shares[1]), (7, shares[7])]
    assert [h for h, s in exchanged if not shamir.share_matches(s, points, h)] == [1, 5]
    refuse("two holders' shares exchanged: both are at fault", "inconsistentShare", exchanged, holder=1,
           holders=[1, 5])
    notes = ("The evaluation point of id i is i + 1. Coefficients, degree 0 first, are 64 uniform bytes reduced modulo "
             "the order; `weights` are the Lagrange weights at zero of the ids of `reconstructFrom`. In a refused test "
             "`holder` is the id to blame.")
    return {"shamir/ristretto255.json": ("Shamir's scheme over ristretto255", notes, tests)}
