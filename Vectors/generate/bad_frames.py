"""round/bad_frames.json: frames with exactly one fault each, every one tried on the receiver of this implementation."""

import ristretto
import shamir
import wire
from bench import Bench
from primitives import box_associated_data, box_seal, counted, sign, survivors_root, u16, u32, u64
from scenario import fixed
from wire import COORDINATOR, Frame


def frame_layer(b):
    good, at = b.frame("RoundConfig"), b.step("RoundConfig")

    def patched(offset, value):
        raw = bytearray(good.unsigned)
        raw[offset:offset + len(value)] = value
        return bytes(raw) + sign(b.s.coordinator_seed, bytes(raw))

    b.refuse("magic QSA2", 1, at, patched(0, b"QSA2"), "badMagic")
    b.refuse("version 2", 1, at, patched(4, u16(2)), "unsupportedVersion")
    b.refuse("version 0", 1, at, patched(4, u16(0)), "unsupportedVersion")
    b.refuse("unknown type 23", 1, at, patched(6, u16(23)), "unexpectedMessage")
    b.refuse("type 0", 1, at, patched(6, u16(0)), "unexpectedMessage")
    b.refuse("suite 2", 1, at, patched(8, u16(2)), "unsupportedVersion")
    b.refuse("a reserved bit of the header is set", 1, at, patched(10, u16(1)), "nonCanonical")
    b.refuse("the highest reserved bit of the header is set", 1, at, patched(10, u16(0x8000)), "nonCanonical")
    b.refuse("no bytes", 1, at, b"", "truncated")
    b.refuse("a header without its last byte", 1, at, good.bytes[:59], "truncated")
    b.refuse("the last byte of the signature is missing", 1, at, good.bytes[:-1], "truncated")
    b.refuse("the signature is missing", 1, at, good.unsigned, "truncated")
    b.refuse("the length says one byte more than there is", 1, at, patched(56, u32(len(good.body) + 1)), "truncated")
    b.refuse("the length says 2^32 - 1", 1, at, patched(56, u32(0xFFFFFFFF)), "messageTooLarge")
    b.refuse("a byte after the signature", 1, at, good.bytes + b"\0", "trailingData")
    b.refuse("a byte after the body's fields, inside the signed length", 1, at, b.remade(good, good.body + b"\0"),
             "trailingData")
    b.refuse("a body one byte short, signed", 1, at, b.remade(good, good.body[:-1]), "truncated")
    b.refuse("a configuration sent and signed by participant 0", 1, at, b.remade(good, sender=0), "wrongSender")
    b.refuse("one bit of the signature flipped", 1, at, good.bytes[:-64] + bytes([good.signature[0] ^ 1])
             + good.signature[1:], "badSignature")
    b.refuse("one bit of the body flipped, signature kept", 1, at,
             good.bytes[:60] + bytes([good.body[0] ^ 1]) + good.bytes[61:], "badSignature")
    b.refuse("signed by participant 0 in the coordinator's name", 1, at,
             good.unsigned + sign(b.s.seeds[0], good.unsigned), "badSignature")
    b.refuse("another session", 1, at, b.remade(good, session=fixed("another session")), "wrongContext")
    b.refuse("a round outside the epoch", 1, at, b.remade(good, round=b.first + 1), "wrongContext")
    b.refuse("a reserved byte of the configuration is set", 1, at,
             b.remade(good, good.body[:105] + b"\1" + good.body[106:]), "nonCanonical")
    b.refuse("an unused bit of the cohort bitmap is set", 1, at,
             b.remade(good, good.body[:-1] + bytes([good.body[-1] | 0x80])), "nonCanonical")
    proposal = b.frame("EpochProposal")
    b.refuse("a proposal with a session", 1, 0, b.remade(proposal, session=fixed("session")), "wrongContext")
    b.refuse("a proposal for another roster", 1, 0,
             b.remade(proposal, proposal.body[:8] + fixed("roster") + proposal.body[40:]), "policyViolation")
    b.refuse("a list before the proposal", 1, 0, b.frame("AdvertiseList"), "unexpectedMessage")
    b.refuse("a request before the survivors", 1, b.step("Survivors"), b.frame("UnmaskRequest"), "unexpectedMessage")


def listed(b, entries):
    """An AdvertiseList over `entries` with the session that follows from it."""
    digests = [entry.digest for entry in entries]
    session = wire.session_id(b.s.coordinator.proposal_digest, digests)
    return b.remade(b.frame("AdvertiseList"), u32(len(entries)) + b"".join(counted(e.bytes) for e in entries),
                    session=session)


def lists(b):
    at = b.step("AdvertiseList")
    a = [b.frame("Advertise", sender=i) for i in range(3)]

    def changed(frame, offset, value):
        return b.remade(frame, frame.body[:offset] + value + frame.body[offset + len(value):])

    other = fixed("another key")
    b.refuse("the recipient's own key altered, validly signed with its identity key", 1, at,
             listed(b, [a[0], changed(a[1], 64, other), a[2]]), "ownKeyAltered")
    unsigned = changed(a[2], 64, other)
    unsigned.signature = a[2].signature
    b.refuse("the key of participant 2 swapped, its signature kept", 1, at, listed(b, [a[0], a[1], unsigned]),
             "badSignature")
    b.refuse("participant 2 advertises the recipient's key as its own", 1, at,
             listed(b, [a[0], a[1], changed(a[2], 64, a[1].body[64:96])]), "duplicateKey", 2)
    b.refuse("the entries of 1 and 2 exchanged", 1, at, listed(b, [a[0], a[2], a[1]]), "duplicateParticipant", 1)
    b.refuse("participant 0 listed twice", 1, at, listed(b, [a[0], a[0], a[1]]), "duplicateParticipant", 0)
    b.refuse("the recipient listed twice", 1, at, listed(b, [a[0], a[1], a[1]]), "ownKeyAltered")
    b.refuse("only two participants", 1, at, listed(b, [a[0], a[1]]), "tooFewParticipants")
    b.refuse("an advertisement for another proposal", 1, at, listed(b, [a[0], a[1], changed(a[2], 0, other)]),
             "wrongContext", 2)
    b.refuse("the identity as a point E", 1, at, listed(b, [a[0], a[1], changed(a[2], 102, bytes(32))]),
             "invalidPoint", 2)
    b.refuse("a point B that does not decode", 1, at,
             listed(b, [a[0], a[1], changed(a[2], 134, b"\1" + bytes(31))]), "invalidPoint", 2)
    good = b.frame("AdvertiseList")
    b.refuse("a session that does not follow from the list", 1, at, b.remade(good, session=fixed("session")),
             "wrongContext")
    b.refuse("a count above the roster", 1, at, b.remade(good, u32(4) + good.body[4:]), "messageTooLarge")
    b.refuse("a count of 2^32 - 1", 1, at, b.remade(good, u32(0xFFFFFFFF) + good.body[4:]), "messageTooLarge")
    b.refuse("a count one above the entries", 1, at, b.remade(good, u32(3) + listed(b, a[:2]).body[4:]), "truncated")


def absent_from_list(b):
    a = [b.frame("Advertise", sender=i) for i in b.s.coordinator.seats if i != 1]
    b.refuse("the recipient is missing from the list", 1, b.step("AdvertiseList"), listed(b, a), "ownKeyAltered")


class Deal:
    """A dealer's commitments and box for a recipient, made again with a fault."""

    def __init__(self, bench, dealer, recipient):
        self.b, self.dealer, self.recipient = bench, dealer, recipient
        self.person = bench.s.people[dealer]
        self.polynomials = [tuple(map(list, pair)) for pair in self.person.polynomials]
        self.points = [tuple([ristretto.encode(ristretto.multiply_base(c)) for c in poly] for poly in pair)
                       for pair in self.polynomials]
        self.t = self.person.t
        self.nonce = fixed("nonce")[:24]

    def commitments(self):
        body = u32(len(self.points)) + u32(self.t)
        body += b"".join(point for pair in self.points for poly in pair for point in poly)
        return self.b.remade(self.person.commitments, body)

    def shares(self):
        return [tuple(shamir.evaluate(poly, self.recipient) for poly in pair) for pair in self.polynomials]

    def plaintext(self, digest, shares=None):
        out = digest
        for pair in shares or self.shares():
            out += b"".join(s if isinstance(s, bytes) else ristretto.scalar_bytes(s) for s in pair)
        return out

    def box(self, plaintext, to=None):
        to = self.recipient if to is None else to
        associated = box_associated_data(self.b.session, self.b.first, len(self.points), self.dealer, to)
        return box_seal(self.person.kx_keys(self.recipient)[1], self.nonce, plaintext, associated)

    def delivery(self, commitments=None, box=None):
        commitments = commitments or self.commitments()
        box = box if box is not None else self.box(self.plaintext(commitments.digest))
        good = self.b.frame("Delivery", to=self.recipient)
        entries = wire.decode_delivery(good.body)[1]
        body = u32(self.recipient) + u32(len(entries))
        for id, other, boxed in entries:
            first, second = (commitments.bytes, box) if id == self.dealer else (other, boxed)
            body += u32(id) + counted(first) + counted(second)
        return self.b.remade(good, body)


def deliveries(b):
    at = b.step("Delivery", to=1)

    def fresh():
        return Deal(b, 0, 1)

    d = fresh()
    assert d.commitments().bytes == b.s.people[0].commitments.bytes
    d.points[0][0][1] = bytes(32)
    b.exclude("a commitment that is the identity", 1, at, d.delivery(), "invalidPoint", 0)
    d = fresh()
    d.points[0][1][2] = b"\1" + bytes(31)
    b.exclude("a commitment that does not decode", 1, at, d.delivery(), "invalidPoint", 0)
    for k, name in ((0, "E"), (1, "B")):
        d = fresh()
        d.polynomials[0][k][0] += 1
        d.points[0][k][0] = ristretto.encode(ristretto.multiply_base(d.polynomials[0][k][0]))
        b.exclude(f"the constant commitment is not the advertised {name}; the shares fit the commitments", 1, at,
                  d.delivery(), "inconsistentShare", 0)
    d = fresh()
    (e, beta), = d.shares()
    digest = d.commitments().digest
    b.exclude("a share of e that does not fit the commitments", 1, at,
              d.delivery(box=d.box(d.plaintext(digest, [(e + 1, beta)]))), "inconsistentShare", 0)
    b.exclude("a share of beta that does not fit the commitments", 1, at,
              d.delivery(box=d.box(d.plaintext(digest, [(e, beta + 1)]))), "inconsistentShare", 0)
    b.exclude("a share plus the group order", 1, at,
              d.delivery(box=d.box(d.plaintext(digest, [((e + ristretto.ORDER).to_bytes(32, "little"), beta)]))),
              "nonCanonicalShare", 0)
    b.exclude("a box with a share too few", 1, at, d.delivery(box=d.box(d.plaintext(digest)[:-32])),
              "invalidShareLength", 0)
    b.exclude("a box that names other commitments", 1, at, d.delivery(box=d.box(d.plaintext(fixed("digest")))),
              "inconsistentShare", 0)
    b.exclude("a box made for participant 2", 1, at, d.delivery(box=d.box(d.plaintext(digest), to=2)),
              "authenticationFailed", 0)
    own = {x["to"]: x["box"] for x in b.s.people[1].trace["boxes"]}
    b.exclude("the recipient's own box to the dealer, reflected", 1, at, d.delivery(box=own[0]),
              "authenticationFailed", 0)
    box = d.box(d.plaintext(digest))
    b.exclude("one bit of the box flipped", 1, at, d.delivery(box=box[:30] + bytes([box[30] ^ 1]) + box[31:]),
              "authenticationFailed", 0)
    d = fresh()
    d.t += 1
    for k in (0, 1):
        d.points[0][k].append(d.points[0][k][0])
    b.exclude("commitments of degree t", 1, at, d.delivery(), "configMismatch", 0)
    d = fresh()
    commitments = d.commitments()
    commitments.signature = bytes([commitments.signature[0] ^ 1]) + commitments.signature[1:]
    b.exclude("a bad signature of the dealer on its commitments", 1, at, d.delivery(commitments), "badSignature", 0)
    b.refuse("the delivery of participant 2", 1, at, b.frame("Delivery", to=2), "wrongRecipient")
    good = b.frame("Delivery", to=1)
    first, second = wire.decode_delivery(good.body)[1]

    def body(entries):
        return u32(1) + u32(len(entries)) + b"".join(u32(i) + counted(c) + counted(x) for i, c, x in entries)

    b.refuse("dealers in descending order", 1, at, b.remade(good, body([second, first])), "nonCanonical")
    b.refuse("one dealer twice", 1, at, b.remade(good, body([first, first])), "nonCanonical")


def deferred_check(b):
    """Shares checked on failure: the delivery carries the digest of the commitments alone."""
    good, at = b.frame("Delivery", to=1), b.step("Delivery", to=1)
    entries = wire.decode_delivery(good.body)[1]
    assert all(len(commitments) == 32 for _, commitments, _ in entries)

    def with_first(commitments, box):
        body = u32(1) + u32(len(entries)) + u32(entries[0][0]) + counted(commitments) + counted(box)
        return b.remade(good, body + b"".join(u32(i) + counted(c) + counted(x) for i, c, x in entries[1:]))

    _, commitments, box = entries[0]
    b.exclude("a delivered digest that is not the one in the box", 1, at, with_first(fixed("digest"), box),
              "inconsistentShare", 0)
    b.exclude("one bit of the box flipped, no commitments sent", 1, at,
              with_first(commitments, box[:30] + bytes([box[30] ^ 1]) + box[31:]), "authenticationFailed", 0)


def configurations(b):
    at, good = b.step("RoundConfig"), b.frame("RoundConfig")
    true = wire.decode_config(good.body, 3)

    def changed(**fields):
        return b.remade(good, wire.encode_config(dict(true, **fields), 3))

    assert changed().bytes == good.bytes
    b.refuse("quorum lowered to 2 (2q <= n + c)", 1, at, changed(quorum=2), "thresholdTooLow")
    b.refuse("threshold lowered to 2, below the session's 3", 1, at, changed(threshold=2), "thresholdTooLow")
    b.refuse("threshold lowered to 1, below c + 1", 1, at, changed(threshold=1), "thresholdTooLow")
    b.refuse("threshold 4 in a session of 3", 1, at, changed(threshold=4), "thresholdTooHigh")
    b.refuse("dimension 0", 1, at, changed(dimension=0), "emptyVector")
    b.refuse("value bound 2^20 in 21 bits", 1, at, changed(valueBound=1 << 20), "overflowPossible")
    b.refuse("the smallest value bound that overflows", 1, at, changed(valueBound=349526), "overflowPossible")
    b.refuse("a noise tail that leaves no room", 1, at, changed(noiseTail=(1 << 20) - 3000), "overflowPossible")
    b.refuse("value bound and weight cap whose product wraps 64 bits", 1, at,
             changed(valueBound=1 << 63, weightCap=1 << 63), "overflowPossible")
    b.refuse("weight cap 0, under which any bound would fit", 1, at, changed(weightCap=0, valueBound=1 << 62),
             "invalidConfiguration")
    b.refuse("value bound 0", 1, at, changed(valueBound=0), "invalidConfiguration")
    b.refuse("63 ring bits", 1, at, changed(ringBits=63), "invalidConfiguration")
    b.refuse("a mask suite that was not offered", 1, at, changed(maskSuite=2), "suiteUnavailable")
    b.refuse("a second, different configuration for the same round", 1, b.step("Survivors"),
             changed(modelDigest=fixed("another model")), "equivocation")


def forged_input(b, id, config_digest, words, label, round=None):
    """A validly signed MaskedInput of `id` over other content."""
    body = config_digest + u64(words) + fixed(label)
    return Frame(9, id, b.session, b.first if round is None else round, body).signed(b.s.seeds[id])


def survivors_frame(b, ids, headers=None, root=None, config=None):
    """A Survivors frame of the first round over `ids`."""
    state = b.s.coordinator.rounds[b.first]
    headers = headers or [state.inputs[i] for i in ids]
    if root is None:
        root = survivors_root([(i, h.digest) for i, h in zip(ids, headers)])
    seats = [b.s.coordinator.seats.index(i) for i in ids]
    agreement = wire.encode_agreement(config or state.digest, b.s.coordinator.n, seats, root)
    return Frame(13, COORDINATOR, b.session, b.first,
                 agreement + b"".join(h.bytes for h in headers)).signed(b.s.coordinator_seed)


def request_frame(b, agreement, signers, signatures=None):
    """An UnmaskRequest of the first round, `signers` signing `agreement`."""
    signatures = signatures or {}
    body = agreement + u32(len(signers))
    for i in signers:
        seed = b.s.seeds[min(i, len(b.s.seeds) - 1)]
        body += u32(i) + signatures.get(i, Frame(14, i, b.session, b.first, agreement).signed(seed).signature)
    return Frame(15, COORDINATOR, b.session, b.first, body).signed(b.s.coordinator_seed)


def survivors(b):
    at, good = b.step("Survivors"), b.frame("Survivors")
    state = b.s.coordinator.rounds[b.first]
    real = [state.inputs[i] for i in range(3)]
    words = len(state.total)
    assert survivors_frame(b, [0, 1, 2]).bytes == good.bytes
    root = state.root
    b.refuse("participant 2 is listed, its header is missing", 1, at,
             survivors_frame(b, [0, 1, 2], real[:2], root), "truncated")
    b.refuse("participant 2 is listed, its header is a copy of participant 0's", 1, at,
             survivors_frame(b, [0, 1, 2], [real[0], real[1], real[0]]), "wrongSender", 2)
    b.refuse("a header too many", 1, at, survivors_frame(b, [0, 1, 2], real + real[2:], root), "trailingData")
    fake = forged_input(b, 2, state.digest, words, "fake")
    fake.signature = real[2].signature
    b.refuse("a header that participant 2 did not sign", 1, at, survivors_frame(b, [0, 1, 2], real[:2] + [fake]),
             "badSignature")
    b.refuse("a header under another configuration", 1, at,
             survivors_frame(b, [0, 1, 2], real[:2] + [forged_input(b, 2, fixed("config"), words, "fake")]),
             "configMismatch", 2)
    b.refuse("a header of another length", 1, at,
             survivors_frame(b, [0, 1, 2], real[:2] + [forged_input(b, 2, state.digest, words + 1, "fake")]),
             "dimensionMismatch", 2)
    b.refuse("a header of another round", 1, at,
             survivors_frame(b, [0, 1, 2], real[:2] + [forged_input(b, 2, state.digest, words, "fake", b.first + 1)]),
             "wrongContext", 2)
    b.refuse("another header in the recipient's own place, validly signed", 1, at,
             survivors_frame(b, [0, 1, 2], [real[0], forged_input(b, 1, state.digest, words, "own"), real[2]]),
             "ownKeyAltered")
    b.refuse("a root that does not follow from the headers", 1, at,
             survivors_frame(b, [0, 1, 2], root=fixed("root")), "digestMismatch")
    b.refuse("an agreement on another configuration", 1, at,
             survivors_frame(b, [0, 1, 2], config=fixed("config")), "configMismatch")
    b.refuse("two survivors where three are needed", 1, at, survivors_frame(b, [0, 1]), "tooFewSurvivors")
    b.refuse("an unused bit of the survivor bitmap is set", 1, at,
             b.remade(good, good.body[:32] + bytes([good.body[32] | 8]) + good.body[33:]), "nonCanonical")


def requests(b):
    at, good = b.step("UnmaskRequest"), b.frame("UnmaskRequest")
    state = b.s.coordinator.rounds[b.first]
    agreement = state.agreement
    assert request_frame(b, agreement, [0, 1, 2]).bytes == good.bytes
    b.refuse("the quorum is one short", 1, at, request_frame(b, agreement, [0, 2]), "quorumNotReached")
    b.refuse("no signatures", 1, at, request_frame(b, agreement, []), "quorumNotReached")
    b.refuse("participant 1 counted twice", 1, at, request_frame(b, agreement, [0, 1, 1]), "duplicateParticipant", 1)
    b.refuse("signers in descending order", 1, at, request_frame(b, agreement, [0, 2, 1]), "duplicateParticipant", 1)
    b.refuse("a signer outside the session", 1, at, request_frame(b, agreement, [0, 1, 7]), "unknownParticipant", 7)
    bad = bytearray(state.statements[2].signature)
    bad[0] ^= 1
    b.refuse("one bit of a signature flipped", 1, at, request_frame(b, agreement, [0, 1, 2], {2: bytes(bad)}),
             "badSignature")
    b.refuse("the signature of participant 0 in the place of 2", 1, at,
             request_frame(b, agreement, [0, 1, 2], {2: state.statements[0].signature}), "badSignature")
    other = forged_input(b, 2, state.digest, len(state.total), "other input")
    root = survivors_root([(0, state.inputs[0].digest), (1, state.inputs[1].digest), (2, other.digest)])
    b.refuse("the same survivors with another root than the recipient signed, validly signed by all", 1, at,
             request_frame(b, wire.encode_agreement(state.digest, 3, [0, 1, 2], root), [0, 1, 2]),
             "conflictingUnmask")
    b.refuse("a second survivor list with another root after the statement", 1, at,
             survivors_frame(b, [0, 1, 2], [state.inputs[0], state.inputs[1], other]), "equivocation")


def late_round(b):
    """Cases that need a survivor to spare."""
    c = b.s.coordinator
    state = c.rounds[b.first]
    without = [i for i in state.survivors if i != 2]
    b.refuse("the recipient's acknowledged input is left out", 2, b.step("Survivors"), survivors_frame(b, without),
             "excludedAfterAcknowledgement")
    less = [i for i in state.survivors if i != 7]
    seats = [c.seats.index(i) for i in less]
    root = survivors_root([(i, state.inputs[i].digest) for i in less])
    agreement = wire.encode_agreement(state.digest, c.n, seats, root)
    b.refuse("a request for fewer survivors than the recipient signed, with a valid quorum", 2,
             b.step("UnmaskRequest"), request_frame(b, agreement, less), "conflictingUnmask")


def outside_cohort(b):
    state = b.s.coordinator.rounds[b.first]
    ids = sorted(state.survivors + [6])
    headers = [state.inputs[i] if i != 6 else forged_input(b, 6, state.digest, len(state.total), "six") for i in ids]
    b.refuse("a survivor outside the cohort, its header validly signed", 1, b.step("Survivors"),
             survivors_frame(b, ids, headers), "impossibleTransition")


def results(b):
    good, at = b.frame("Result"), b.step("Result")
    roots_at, roots = b.step("ChunkRoots", to=1), b.frame("ChunkRoots", to=1)
    chunk_at, chunk = b.step("Chunk", to=1), b.frame("Chunk", to=1)
    b.refuse("a result of another agreement", 1, at,
             b.remade(good, good.body[:32] + fixed("agreement") + good.body[64:]), "conflictingUnmask")
    b.refuse("a result of another configuration", 1, at, b.remade(good, fixed("config") + good.body[32:]),
             "configMismatch")
    b.refuse("a result one word longer", 1, at,
             b.remade(good, good.body[:64] + u64(len(b.s.coordinator.rounds[b.first].total) + 1) + good.body[72:]),
             "dimensionMismatch")
    b.refuse("chunk roots that do not give the sum's digest", 1, roots_at,
             b.remade(roots, u32(1) + fixed("root")), "digestMismatch")
    b.refuse("one bit of the sum flipped", 1, chunk_at,
             b.remade(chunk, chunk.body[:4] + bytes([chunk.body[4] ^ 1]) + chunk.body[5:]), "digestMismatch")
    b.refuse("a chunk index past the end", 1, chunk_at, b.remade(chunk, u32(1) + chunk.body[4:]),
             "dimensionMismatch")


def to_coordinator(b):
    C = COORDINATOR
    a = b.frame("Advertise", sender=1)
    at = b.step("Advertise", sender=1)
    b.refuse("an advertisement of an id outside the roster", C, at,
             Frame(2, 3, a.session, a.round, a.body).signed(b.s.seeds[1]), "unknownParticipant", 3)
    b.refuse("an advertisement signed by participant 0 in the name of 1", C, at,
             a.unsigned + sign(b.s.seeds[0], a.unsigned), "badSignature")
    b.refuse("an advertisement for another proposal", C, at, b.remade(a, fixed("proposal") + a.body[32:]),
             "wrongContext", 1)
    b.refuse("the identity as a point E", C, at, b.remade(a, a.body[:102] + bytes(32) + a.body[134:]),
             "invalidPoint", 1)
    b.refuse("a second, different advertisement", C, at + 1, b.remade(a, a.body[:32] + fixed("nonce") + a.body[64:]),
             "equivocation", 1)
    s, at = b.frame("Shares", sender=1), b.step("Shares", sender=1)
    digest, boxes = wire.decode_shares(s.body)
    b.refuse("no box for participant 2", C, at, b.remade(s, digest + wire.encode_boxes(boxes[:1])), "missingShare", 1)
    b.refuse("shares of other commitments", C, at, b.remade(s, fixed("digest") + s.body[32:]), "inconsistentShare", 1)
    m, at = b.frame("MaskedInput", sender=1), b.step("MaskedInput", sender=1)
    state = b.s.coordinator.rounds[b.first]
    words = len(state.total)
    b.refuse("a masked input one word too long", C, at,
             forged_input(b, 1, state.digest, words + 1, "input"), "dimensionMismatch", 1)
    b.refuse("a masked input under another configuration", C, at,
             forged_input(b, 1, fixed("config"), words, "input"), "configMismatch", 1)
    b.refuse("a second, different masked input", C, at + 1, forged_input(b, 1, state.digest, words, "input"),
             "equivocation", 1)
    chunk, at = b.frame("Chunk", sender=1), b.step("Chunk", sender=1)
    b.refuse("one bit of a chunk flipped", C, at,
             b.remade(chunk, chunk.body[:4] + bytes([chunk.body[4] ^ 1]) + chunk.body[5:]), "digestMismatch")
    b.refuse("a chunk one byte short", C, at, b.remade(chunk, chunk.body[:-1]), "dimensionMismatch")
    u, at = b.frame("UnmaskShares", sender=1), b.step("UnmaskShares", sender=1)
    head, pairs = u.body[:32], [u.body[36 + 36 * k:72 + 36 * k] for k in range(3)]

    def answer(parts, digest=head):
        return b.remade(u, digest + u32(len(parts)) + b"".join(parts))

    assert answer(pairs).bytes == u.bytes
    big = (int.from_bytes(pairs[2][4:], "little") + ristretto.ORDER).to_bytes(32, "little")
    b.refuse("a share plus the group order", C, at, answer(pairs[:2] + [pairs[2][:4] + big]), "nonCanonicalShare", 1)
    b.refuse("the share of one dealer is missing", C, at, answer(pairs[:2]), "missingShare", 1)
    b.refuse("the shares of one dealer twice", C, at, answer(pairs[:2] + pairs[1:2]), "duplicateShare", 1)
    b.refuse("a share of a dealer outside the session", C, at, answer(pairs[:2] + [u32(7) + pairs[0][4:]]),
             "unknownShare", 1)
    b.refuse("more shares than participants", C, at, answer(pairs + pairs[2:]), "messageTooLarge")
    b.refuse("an answer to another agreement", C, at, answer(pairs, fixed("agreement")), "configMismatch", 1)


def build(scenarios):
    tests = []
    three = Bench(scenarios["three_parties"], tests)
    for part in (frame_layer, lists, deliveries, configurations, survivors, requests, results, to_coordinator):
        part(three)
    setup = Bench(scenarios["seven_parties_dropout_setup"], tests)
    absent_from_list(setup)
    outside_cohort(setup)
    deferred_check(Bench(scenarios["four_parties_check_on_failure"], tests))
    late_round(Bench(scenarios["seven_parties_dropout_late"], tests))
    notes = ("The recipient has sent and received everything of the first `after` steps of the named transcript "
             "(round/<transcript>.json) and then receives `frame`. Each frame has one fault; everything else, "
             "signatures included, is made right again. effect frameRefused: the frame is refused with `error` and the "
             "state stays; dealerExcluded: the delivery is processed, `error` is why `peer` is left out of the "
             "receipt, `expected` is the receipt that follows. `peer` is the id to name, where one is.")
    return {"round/bad_frames.json": ("QSA-1 refusals", notes, tests)}
