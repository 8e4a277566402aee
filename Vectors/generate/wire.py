"""Frames and their bodies: encoding, and decoding with refusal (Papers/WIRE.md sections 2 to 7)."""

from primitives import H, bitmap, counted, sign, signature_holds, u8, u16, u32, u64

COORDINATOR = 0xFFFFFFFF
NAMES = {
    1: "EpochProposal", 2: "Advertise", 3: "AdvertiseList", 4: "Commitments", 5: "Shares", 6: "Delivery",
    7: "Receipt", 8: "RoundConfig", 9: "MaskedInput", 10: "ChunkRoots", 11: "Chunk", 12: "Acknowledgement",
    13: "Survivors", 14: "SurvivorStatement", 15: "UnmaskRequest", 16: "UnmaskShares", 17: "Result", 18: "Abort",
}
TYPES = {name: number for number, name in NAMES.items()}
UNSIGNED = (10, 11)
LIMITS = {11: 4 + (1 << 20), 3: 1 << 28, 6: 1 << 28, 13: 1 << 28, 15: 1 << 28, 2: 1 << 24, 4: 1 << 24, 5: 1 << 24,
          16: 1 << 24}
FROM_COORDINATOR = (1, 3, 6, 8, 12, 13, 15, 17, 18)
FROM_PARTICIPANT = (2, 4, 5, 7, 9, 14, 16)


class Refused(Exception):
    """A frame that is refused; `error` is the name used in the vectors."""

    def __init__(self, error, peer=None):
        super().__init__(error if peer is None else f"{error} (peer {peer})")
        self.error, self.peer = error, peer


class Reader:
    def __init__(self, data):
        self.data, self.position = data, 0

    def raw(self, length):
        if length > len(self.data) - self.position:
            raise Refused("truncated")
        out = self.data[self.position:self.position + length]
        self.position += length
        return out

    def integer(self, length):
        return int.from_bytes(self.raw(length), "little")

    def u8(self):
        return self.integer(1)

    def u16(self):
        return self.integer(2)

    def u32(self):
        return self.integer(4)

    def u64(self):
        return self.integer(8)

    def b32(self):
        return self.raw(32)

    def counted(self):
        return self.raw(self.u32())

    def count(self, limit):
        """A u32 count of elements, of which there can be no more than `limit`."""
        number = self.u32()
        if number > limit:
            raise Refused("messageTooLarge")
        return number

    def bitmap(self, count):
        data = self.raw((count + 7) // 8)
        if count % 8 and data[-1] >> (count % 8):
            raise Refused("nonCanonical")
        return [i for i in range(count) if data[i // 8] >> (i % 8) & 1]

    def rest(self):
        return self.raw(len(self.data) - self.position)

    def finish(self):
        if self.position != len(self.data):
            raise Refused("trailingData")


class Frame:
    def __init__(self, type, sender, session, round, body, signature=b""):
        self.type, self.sender, self.session, self.round = type, sender, session, round
        self.body, self.signature = body, signature

    @property
    def unsigned(self):
        header = b"QSA1" + u16(1) + u16(self.type) + u16(1) + u16(0) + u32(self.sender)
        return header + self.session + u64(self.round) + u32(len(self.body)) + self.body

    @property
    def digest(self):
        return H("QSA1 frame", self.unsigned)

    def signed(self, seed):
        if self.type not in UNSIGNED:
            self.signature = sign(seed, self.unsigned)
        return self

    @property
    def bytes(self):
        return self.unsigned + self.signature

    def verify(self, public):
        if not signature_holds(public, self.unsigned, self.signature):
            raise Refused("badSignature")


def parse(data):
    """The frame of `data`; the signature is not yet checked."""
    if len(data) < 60:
        raise Refused("truncated")
    if data[:4] != b"QSA1":
        raise Refused("badMagic")
    reader = Reader(data)
    reader.raw(4)
    if reader.u16() != 1:
        raise Refused("unsupportedVersion")
    type = reader.u16()
    if type not in NAMES:
        raise Refused("unexpectedMessage")
    if reader.u16() != 1:
        raise Refused("unsupportedVersion")
    if reader.u16() != 0:
        raise Refused("nonCanonical")
    sender, session, round = reader.u32(), reader.b32(), reader.u64()
    length = reader.u32()
    if length > LIMITS.get(type, 1 << 20):
        raise Refused("messageTooLarge")
    body = reader.raw(length)
    signature = b"" if type in UNSIGNED else reader.raw(64)
    reader.finish()
    if type in FROM_COORDINATOR and sender != COORDINATOR:
        raise Refused("wrongSender")
    if type in FROM_PARTICIPANT and sender == COORDINATOR:
        raise Refused("wrongSender")
    return Frame(type, sender, session, round, body, signature)


def roster_digest(keys, coordinator):
    return H("QSA1 roster", u32(len(keys)) + b"".join(keys) + coordinator)


def session_id(proposal_digest, advertise_digests):
    return H("QSA1 session", proposal_digest + u32(len(advertise_digests)) + b"".join(advertise_digests))


def quorum(n, colluders):
    return (n + colluders) // 2 + 1


def threshold(rule, explicit, n, colluders):
    return (quorum(n, colluders), max(2, colluders + 1), explicit)[rule]


PROPOSAL = (
    ("epoch", u64), ("rosterDigest", bytes), ("rounds", u32), ("colluders", u32), ("thresholdRule", u8),
    ("explicitThreshold", u32), ("maskSuites", u16), ("graph", u8), ("neighbours", u32), ("windowFloor", u32),
    ("shareCheck", u8), ("advertiseDeadline", u64), ("dealDeadline", u64),
)
CONFIG = (
    ("modelDigest", bytes), ("schemaDigest", bytes), ("parametersDigest", bytes), ("dimension", u64), ("ringBits", u8),
    ("reserved", u8), ("maskSuite", u16), ("valueBound", u64), ("weightCap", u64), ("noiseTail", u64),
    ("noiseVariance", u64), ("quorum", u32), ("threshold", u32), ("minimumSurvivors", u32), ("receiptsRequired", u32),
    ("receiptsDigest", bytes), ("inputDeadline", u64), ("survivorDeadline", u64), ("unmaskDeadline", u64),
)
WIDTHS = {u8: 1, u16: 2, u32: 4, u64: 8}


def encode_fields(layout, values):
    return b"".join(encode(values[name]) for name, encode in layout)


def decode_fields(layout, reader):
    return {name: reader.b32() if kind is bytes else reader.integer(WIDTHS[kind]) for name, kind in layout}


def decode_proposal(body):
    reader = Reader(body)
    out = decode_fields(PROPOSAL, reader)
    reader.finish()
    if out["thresholdRule"] > 2 or out["graph"] > 1 or out["shareCheck"] > 1 or out["rounds"] == 0:
        raise Refused("invalidConfiguration")
    if out["thresholdRule"] != 2 and out["explicitThreshold"]:
        raise Refused("nonCanonical")
    return out


def mask_suite(offered, advertised):
    """AES-256-CTR (2) if it is offered and everybody advertises it, else ChaCha20 (1)."""
    return 2 if offered & 2 and all(suites & 2 for suites in advertised) else 1


def decode_advertise(body):
    reader = Reader(body)
    out = {"proposalDigest": reader.b32(), "nonce": reader.b32(), "kx": reader.b32(), "suites": reader.u16()}
    out["points"] = [(reader.b32(), reader.b32()) for _ in range(reader.u32())]
    reader.finish()
    return out


def decode_commitments(body):
    reader = Reader(body)
    rounds, t = reader.u32(), reader.u32()
    out = []
    for _ in range(rounds):
        out.append(([reader.b32() for _ in range(t)], [reader.b32() for _ in range(t)]))
    reader.finish()
    return rounds, t, out


def decode_shares(body):
    reader = Reader(body)
    digest = reader.b32()
    boxes = [(reader.u32(), reader.counted()) for _ in range(reader.u32())]
    reader.finish()
    return digest, boxes


def decode_delivery(body):
    reader = Reader(body)
    recipient = reader.u32()
    entries = [(reader.u32(), reader.counted(), reader.counted()) for _ in range(reader.u32())]
    reader.finish()
    return recipient, entries


def decode_receipt(body, n):
    reader = Reader(body)
    out = reader.u8(), reader.bitmap(n), reader.b32()
    reader.finish()
    return out


def decode_config(body, n):
    reader = Reader(body)
    out = decode_fields(CONFIG, reader)
    out["cohort"] = reader.bitmap(n)
    reader.finish()
    if out["reserved"]:
        raise Refused("nonCanonical")
    return out


def encode_config(values, n):
    return encode_fields(CONFIG, values) + bitmap(n, values["cohort"])


def decode_masked_input(body):
    reader = Reader(body)
    out = reader.b32(), reader.u64(), reader.b32()
    reader.finish()
    return out


def encode_agreement(config_digest, n, seats, root):
    return config_digest + bitmap(n, seats) + root


def read_agreement(reader, n):
    """(the agreement's bytes, config digest, seats, root)."""
    start = reader.position
    config, seats, root = reader.b32(), reader.bitmap(n), reader.b32()
    return reader.data[start:reader.position], config, seats, root


def encode_boxes(boxes):
    return u32(len(boxes)) + b"".join(u32(i) + counted(box) for i, box in boxes)


def ascending(ids, error, blame=True):
    """Refuses a list of ids that is not strictly ascending; `blame` names the second of two."""
    for a, b in zip(ids, ids[1:]):
        if a >= b:
            raise Refused(error, b if blame else None)
