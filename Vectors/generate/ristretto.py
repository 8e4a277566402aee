"""The ristretto255 group of RFC 9496 on Python integers: slow, plain and independent of any library.

A point is a tuple (X, Y, Z, T) of extended Edwards coordinates. Nothing here is constant-time.
"""

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = (-121665 * pow(121666, P - 2, P)) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)


def _negative(x):
    return x % P & 1 == 1


def _absolute(x):
    x %= P
    return P - x if x & 1 else x


def _sqrt_ratio(u, v):
    """(was u/v a square, the non-negative root of u/v or of SQRT_M1*u/v), RFC 9496 section 4.2."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped = check == u % P, check == -u % P
    flipped_i = check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, _absolute(r)


INVSQRT_A_MINUS_D = _sqrt_ratio(1, (-1 - D) % P)[1]


def decode(data):
    """The point of a 32-byte encoding, or None when the encoding is not a canonical one."""
    if len(data) != 32:
        return None
    s = int.from_bytes(data, "little")
    if s >= P or _negative(s):
        return None
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    u2_square = u2 * u2 % P
    v = (-(D * u1 * u1) - u2_square) % P
    square, inverse = _sqrt_ratio(1, v * u2_square % P)
    den_x = inverse * u2 % P
    den_y = inverse * den_x * v % P
    x = _absolute(2 * s * den_x)
    y = u1 * den_y % P
    t = x * y % P
    if not square or _negative(t) or y == 0:
        return None
    return (x, y, 1, t)


def encode(point):
    x0, y0, z0, t0 = point
    u1 = (z0 + y0) * (z0 - y0) % P
    u2 = x0 * y0 % P
    inverse = _sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 * t0 % P
    if _negative(t0 * z_inverse):
        x, y = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P
        den = den1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, den = x0, y0, den2
    if _negative(x * z_inverse):
        y = -y % P
    return _absolute(den * (z0 - y)).to_bytes(32, "little")


def add(p, q):
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * D % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = IDENTITY
    for bit in bin(scalar % ORDER)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


BASE = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))


def multiply_base(scalar):
    return multiply(scalar, BASE)


def equal(p, q):
    return (p[0] * q[1] - p[1] * q[0]) % P == 0 or (p[1] * q[1] - p[0] * q[0]) % P == 0


def scalar_from_wide(data):
    """64 uniform bytes, little-endian, reduced modulo the order."""
    assert len(data) == 64
    return int.from_bytes(data, "little") % ORDER


def scalar_bytes(scalar):
    return (scalar % ORDER).to_bytes(32, "little")


def scalar_decode(data):
    """The scalar of 32 canonical bytes, or None."""
    value = int.from_bytes(data, "little")
    return value if len(data) == 32 and value < ORDER else None
