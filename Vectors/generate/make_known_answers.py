#!/usr/bin/env python3
"""Writes KnownAnswers.swift from code that shares nothing with the package: hashlib's BLAKE2b, the cryptography
package's ChaCha20, X25519 and Ed25519, and integers for ristretto255 and Shamir.

Usage: make_known_answers.py > KnownAnswers.swift"""
import hashlib, sys
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives import serialization as ser

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = (-121665 * pow(121666, P - 2, P)) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)

def raw(k): return k.public_bytes(ser.Encoding.Raw, ser.PublicFormat.Raw)
def pattern(n): return bytes((7 * i + 3) & 255 for i in range(n))
def blake(data, person, key=b"", n=32): return hashlib.blake2b(data, digest_size=n, key=key, person=person).digest()

# --- ChaCha20 and the seeded stream
def chacha(key, n, block=0):
    out = b""
    enc = Cipher(algorithms.ChaCha20(key, block.to_bytes(4, "little") + bytes(12)), mode=None).encryptor()
    return enc.update(bytes(n))

class Stream:
    def __init__(self, seed=None, label="", key=None):
        self.key = key if key is not None else blake(seed.to_bytes(8, "little") + label.encode(), b"SecAggSim seed")
        self.at = 0
    def take(self, n):
        out = b""
        while n:
            if self.at == 2**38:
                self.key, self.at = blake(self.key, b"SecAggSim rekey"), 0
            step = min(n, 2**38 - self.at)
            skip = self.at % 64
            out += chacha(self.key, skip + step, self.at // 64)[skip:]
            self.at += step; n -= step
        return out
    def scalar(self):
        while True:
            s = int.from_bytes(self.take(64), "little") % L
            if s: return s

# --- ristretto255 on integers, RFC 9496 section 4.3
def neg(x): return x % P & 1
def absolute(x): x %= P; return P - x if x & 1 else x
def sqrt_ratio(u, v):
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    c = v * r * r % P
    ok, flip, flip_i = c == u % P, c == -u % P, c == -u * SQRT_M1 % P
    if flip or flip_i: r = r * SQRT_M1 % P
    return ok or flip, absolute(r)
INVSQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]
def decode(b):
    s = int.from_bytes(b, "little")
    if s >= P or s & 1: return None
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    ok, inv = sqrt_ratio(1, v * u2 * u2)
    dx = inv * u2 % P; dy = inv * dx * v % P
    x = absolute(2 * s * dx); y = u1 * dy % P; t = x * y % P
    if not ok or t & 1 or y == 0: return None
    return (x, y, 1, t)
def encode(p):
    x0, y0, z0, t0 = p
    u1 = (z0 + y0) * (z0 - y0) % P; u2 = x0 * y0 % P
    inv = sqrt_ratio(1, u1 * u2 * u2)[1]
    d1, d2 = inv * u1 % P, inv * u2 % P
    zinv = d1 * d2 * t0 % P
    if neg(t0 * zinv):
        x, y, d = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, d1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, d = x0, y0, d2
    if neg(x * zinv): y = -y % P
    return absolute(d * (z0 - y)).to_bytes(32, "little")
def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P; b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P; d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)
def mul(k, p):
    q = (0, 1, 1, 0)
    while k:
        if k & 1: q = add(q, p)
        p = add(p, p); k >>= 1
    return q
GY = 4 * pow(5, P - 2, P) % P
GX = absolute(sqrt_ratio(GY * GY - 1, D * GY * GY + 1)[1])
G = (GX, GY, 1, GX * GY % P)
def le(x): return x.to_bytes(32, "little").hex()

SMALL = """0000000000000000000000000000000000000000000000000000000000000000
e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76
6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919
94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259
da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57
e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e
f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403
44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d
903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c
02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031
20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f
bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42
e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460
aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f
46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e
e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e""".split()
for k, hexed in enumerate(SMALL): assert encode(mul(k, G)).hex() == hexed, k
BAD = """00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
0100000000000000000000000000000000000000000000000000000000000000
01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20
c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562
c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78
47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24
f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72
87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309
26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371
4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f
de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b
bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042
2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08
f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22
8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731
2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b
3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e
a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220
d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e
8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32
32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b
227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165
5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e
445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b
ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f""".split()
for hexed in BAD: assert decode(bytes.fromhex(hexed)) is None, hexed
CHACHA = [("00" * 32, 0, "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"),
          ("00" * 32, 1, "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f"),
          ("00" * 31 + "01", 1, "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0"),
          ("00ff" + "00" * 30, 2, "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096")]
for key, block, out in CHACHA: assert chacha(bytes.fromhex(key), 64, block).hex() == out, (key, block)
ED = [("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
      ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
      ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
      ("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", hashlib.sha512(b"abc").hexdigest())]

out = ["// Made by make_known_answers.py from code that shares nothing with this package; not to be edited by hand.", "",
       "/// What other people's code answers; hexadecimal, scalars and shares little-endian.", "enum KnownAnswers {"]
def table(doc, name, type_, rows):
    out.append(f"    /// {doc}")
    out.append(f"    static let {name}: [{type_}] = [")
    for r in rows: out.append(f"        {r},")
    out.append("    ]"); out.append("")
def q(s): return '"' + s + '"'

rows = []
for n in [0, 1, 63, 64, 127, 128, 129, 255, 256, 257, 1000]:
    rows.append(f'(key: 0, data: {n}, output: 32, digest: {q(blake(pattern(n), b"QSA1 test").hex())})')
for k, n, o in [(16, 0, 32), (32, 1, 32), (32, 128, 32), (64, 1000, 32), (32, 129, 16), (32, 64, 64), (0, 3, 64), (17, 300, 33)]:
    rows.append(f'(key: {k}, data: {n}, output: {o}, digest: {q(blake(pattern(n), b"QSA1 test", pattern(k), o).hex())})')
table('BLAKE2b, personalisation "QSA1 test"; key and data are the first bytes of 7 i + 3 modulo 256.', "blake2b",
      "(key: Int, data: Int, output: Int, digest: String)", rows)
out.append("    /// The same over 100 bytes with other personalisations: none, and 16 characters.")
out.append(f'    static let blake2bEmptyPersonal = {q(blake(pattern(100), b"").hex())}')
out.append(f'    static let blake2bFullPersonal = {q(blake(pattern(100), b"0123456789abcdef").hex())}')
m = pattern(5) + (0x01020304).to_bytes(4, "little") + (0x1112131415161718).to_bytes(8, "little") + pattern(32)
out.append("    /// Five bytes of the pattern, UInt32 0x01020304, UInt64 0x1112131415161718, 32 bytes of the pattern.")
out.append(f'    static let blake2bPieces = {q(blake(m, b"QSA1 test").hex())}'); out.append("")
table("RFC 8439 appendix A.1, those with a zero nonce.", "chaCha20", "(key: String, block: UInt32, stream: String)",
      [f"(key: {q(k)}, block: {b}, stream: {q(s)})" for k, b, s in CHACHA])
key = hashlib.sha256(b"keystream").digest()
out.append("    /// The last block of the stream of the key below: block 2^32 - 1.")
out.append(f"    static let chaCha20Key = {q(key.hex())}")
out.append(f"    static let chaCha20LastBlock = {q(chacha(key, 64, 2**32 - 1).hex())}")
out.append("    /// BLAKE2b (\"QSA1 test\") of its first 100,000 bytes.")
out.append(f'    static let chaCha20Digest = {q(blake(chacha(key, 100000), b"QSA1 test").hex())}'); out.append("")
rows = []
for seed, label in [(0, ""), (42, ""), (2**64 - 1, "round/3 \u00e9")]:
    s = Stream(seed, label)
    rows.append(f'(seed: {seed}, label: {q(label)}, head: {q(s.take(80).hex())}, '
                f'digest: {q(blake(Stream(seed, label).take(100003), b"QSA1 test").hex())})')
table('The seeded source: its first 80 bytes, and BLAKE2b ("QSA1 test") of its first 100,003.', "seeded",
      "(seed: UInt64, label: String, head: String, digest: String)", rows)
s = Stream(key=key); s.at = 2**38 - 100
out.append("    /// 228 bytes from 100 before the end of the part of chaCha20Key on: over the change of key.")
out.append(f"    static let seededRekey = {q(s.take(228).hex())}"); out.append("")
table("RFC 9496 appendix A.1: 0 ... 15 times the generator.", "ristrettoMultiples", "String", [q(x) for x in SMALL])
table("RFC 9496 appendix A.2: encodings that are none.", "ristrettoBadEncodings", "String", [q(x) for x in BAD])
rows = []
for i in range(4):
    st = Stream(100 + i); a, b = st.scalar(), st.scalar()
    rows.append(f"(a: {q(le(a))}, b: {q(le(b))}, pointA: {q(encode(mul(a, G)).hex())}, pointB: {q(encode(mul(b, G)).hex())}, "
                f"shared: {q(encode(mul(a * b % L, G)).hex())})")
table("Two scalars drawn from the seeded sources 100 ... 103, their elements and the shared element.", "ristrettoAgreement",
      "(a: String, b: String, pointA: String, pointB: String, shared: String)", rows)
rows = []
for i, (seed, msg) in enumerate(ED):
    k = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    rows.append(f"(seed: {q(seed)}, key: {q(raw(k.public_key()).hex())}, message: {q(msg)}, signature: {q(k.sign(bytes.fromhex(msg)).hex())})")
table("RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc).", "ed25519", "(seed: String, key: String, message: String, signature: String)", rows)
rows = []
for i in range(3):
    st = Stream(200 + i); cs, ss = st.take(32), st.take(32)
    ck, sk = (X25519PrivateKey.from_private_bytes(hashlib.blake2b(x, digest_size=32).digest()) for x in (cs, ss))
    cp, sp = raw(ck.public_key()), raw(sk.public_key())
    shared = ck.exchange(X25519PublicKey.from_public_bytes(sp))
    both = hashlib.blake2b(shared + cp + sp, digest_size=64).digest()
    rows.append(f"(client: {q(cp.hex())}, server: {q(sp.hex())}, clientKeys: {q(both.hex())})")
table("crypto_kx with the client's, then the server's seed drawn from the seeded sources 200 ... 202.", "keyExchange",
      "(client: String, server: String, clientKeys: String)", rows)
rows = []
for seed, t, holders in [(300, 1, [0]), (301, 2, [0, 1, 2]), (302, 3, [4, 0, 9, 2]), (303, 5, list(range(7))),
                         (304, 7, [1000, 2**32 - 1, 3, 0, 77, 65535, 12, 4000000000])]:
    st = Stream(seed); c = [st.scalar() for _ in range(t)]
    shares = [sum(v * pow(h + 1, j, L) for j, v in enumerate(c)) % L for h in holders]
    lam = []
    for h in holders:
        w = 1
        for o in holders:
            if o != h: w = w * (o + 1) * pow((o - h) % L, L - 2, L) % L
        lam.append(w)
    assert sum(a * b for a, b in zip(lam, shares)) % L == c[0]
    def texts(xs): return "[" + ", ".join(q(x) for x in xs) + "]"
    rows.append(f"(\n            seed: {seed}, threshold: {t}, holders: {holders}, secret: {q(le(c[0]))},\n            shares: {texts(map(le, shares))},\n"
                f"            commitments: {texts(encode(mul(v, G)).hex() for v in c)},\n            weights: {texts(map(le, lam))}\n        )")
table("Sharings of a secret, then its coefficients, drawn from one seeded source each; weights at zero of all holders.", "shamir",
      "(\n        seed: UInt64, threshold: Int, holders: [UInt32], secret: String, shares: [String], commitments: [String],\n        weights: [String]\n    )", rows)
wide = [0, 1, L - 1, L, L + 1, 2**252, 2**255 - 19, 2**256 - 1, (1 << 252) + (1 << 64), L - 2**64, L + 2**64, L - 2**128, (0x14def9dea2f79cd6 << 64) | 2**252]
table("Numbers of 32 bytes, and whether they are below the group order.", "scalars", "(bytes: String, isCanonical: Bool)",
      [f"(bytes: {q(le(x))}, isCanonical: {'true' if x < L else 'false'})" for x in wide])
while out[-1] == "": out.pop()
out.append("}")
print("\n".join(out))
