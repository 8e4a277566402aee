"""One participant: it checks every frame it receives, then answers. State changes only after all checks of a frame."""

import ring
import ristretto
import shamir
import wire
from primitives import (CHUNK_BYTES, exchange_is_strong, H, K, Stream, bitmap, box_associated_data, box_open, box_seal, chunk_roots,
                        input_node, kx_keypair, kx_session_keys, survivors_root, tree_root, u8, u16, u32, u64,
                        upload_digest)
from wire import COORDINATOR, Frame, Reader, Refused

HEADER_FRAME_BYTES = 196


class Round:
    """What a participant knows of one round."""

    def __init__(self):
        self.config = self.config_digest = None
        self.mine = self.plain = self.masked = None
        self.acknowledged = False
        self.statement = self.survivors = self.agreement_digest = None
        self.answered = False
        self.result = self.roots = self.sum_bytes = None
        self.chunks = {}


class Participant:
    def __init__(self, id, seed, roster, coordinator_key, randomness, inputs, minimum_honest, suites=1):
        self.id, self.seed, self.roster, self.coordinator_key = id, seed, roster, coordinator_key
        self.stream, self.inputs, self.minimum_honest = Stream(randomness), inputs, minimum_honest
        self.suites = suites  # what this machine runs: bit 0 ChaCha20, bit 1 AES-256-CTR
        self.proposal = self.session = self.delivered = None
        self.trace, self.rounds, self.refusals, self.held = {}, {}, {}, {}
        self.cohort, self.signed = None, {}  # the epoch's cohort; the one survivor set of each model

    # -- frames out -------------------------------------------------------------------------------------------------

    def frame(self, name, body, round=None):
        session = bytes(32) if name == "Advertise" else self.session
        number = self.first_round if round is None else round
        return Frame(wire.TYPES[name], self.id, session, number, body).signed(self.seed)

    # -- frames in --------------------------------------------------------------------------------------------------

    def receive(self, data):
        """The frames sent in answer; Refused leaves the state as it was."""
        frame = wire.parse(data)
        if frame.type not in wire.FROM_COORDINATOR + wire.UNSIGNED:
            raise Refused("wrongSender")
        if frame.sender != COORDINATOR:
            raise Refused("wrongSender")
        if frame.type not in wire.UNSIGNED:
            frame.verify(self.coordinator_key)
        if frame.type == 1:
            if frame.session != bytes(32):
                raise Refused("wrongContext")
            return self.on_proposal(frame)
        if self.proposal is None:
            raise Refused("unexpectedMessage")
        if frame.type <= 7 and frame.round != self.first_round:
            raise Refused("wrongContext")
        if frame.type == 3:
            return self.on_list(frame)
        if self.session is None:
            raise Refused("unexpectedMessage")
        if frame.session != self.session:
            raise Refused("wrongContext")
        if frame.type == 6:
            return self.on_delivery(frame)
        if self.delivered is None:
            raise Refused("unexpectedMessage")
        if not self.first_round <= frame.round < self.first_round + self.proposal["rounds"]:
            raise Refused("wrongContext")
        if frame.type == 8:
            return self.on_config(frame)
        state = self.rounds.get(frame.round)
        if state is None:
            raise Refused("unexpectedMessage" if not self.rounds else "wrongContext")
        handlers = {10: self.on_roots, 11: self.on_chunk, 12: self.on_acknowledgement, 13: self.on_survivors,
                    15: self.on_request, 17: self.on_result}
        if frame.type not in handlers:
            raise Refused("unexpectedMessage")
        if frame.round < max(self.rounds):
            raise Refused("roundReplayed")
        return handlers[frame.type](frame, state)

    def on_proposal(self, frame):
        body = wire.decode_proposal(frame.body)
        if self.proposal is not None:
            raise Refused("roundReplayed" if body["epoch"] <= self.proposal["epoch"] else "unexpectedMessage")
        if body["rosterDigest"] != wire.roster_digest(self.roster, self.coordinator_key):
            raise Refused("policyViolation")
        if body["maskSuites"] not in (1, 3):
            raise Refused("suiteUnavailable")
        self.proposal, self.proposal_digest, self.first_round = body, frame.digest, frame.round
        self.kx_seed, self.nonce = self.stream.draw(32), self.stream.draw(32)
        self.kx_secret, self.kx_public = kx_keypair(self.kx_seed)
        self.secrets = [(self.stream.scalar(), self.stream.scalar()) for _ in range(body["rounds"])]
        self.points = [tuple(ristretto.encode(ristretto.multiply_base(s)) for s in pair) for pair in self.secrets]
        out = self.proposal_digest + self.nonce + self.kx_public + u16(self.suites) + u32(len(self.points))
        out += b"".join(e + b for e, b in self.points)
        self.advertise = self.frame("Advertise", out)
        return [self.advertise]

    def check_list(self, body):
        """The session's advertisements: id -> (fields, frame digest)."""
        reader = Reader(body)
        entries = [reader.counted() for _ in range(reader.count(len(self.roster)))]
        reader.finish()
        frames = [wire.parse(entry) for entry in entries]
        ids = [f.sender for f in frames]
        if [entry for entry, id in zip(entries, ids) if id == self.id] != [self.advertise.bytes]:
            raise Refused("ownKeyAltered")
        if any(f.type != 2 for f in frames):
            raise Refused("unexpectedMessage")
        wire.ascending(ids, "duplicateParticipant")
        if ids[-1] >= len(self.roster):
            raise Refused("unknownParticipant", ids[-1])
        out, seen = {}, set()
        for entry, f in zip(entries, frames):
            f.verify(self.roster[f.sender])
            fields = wire.decode_advertise(f.body)
            if f.session != bytes(32) or f.round != self.first_round:
                raise Refused("wrongContext", f.sender)
            if fields["proposalDigest"] != self.proposal_digest:
                raise Refused("wrongContext", f.sender)
            if len(fields["points"]) != self.proposal["rounds"]:
                raise Refused("configMismatch", f.sender)
            for point in (p for pair in fields["points"] for p in pair):
                if point == bytes(32) or ristretto.decode(point) is None:
                    raise Refused("invalidPoint", f.sender)
            for key in [fields["kx"]] + [p for pair in fields["points"] for p in pair]:
                if key in seen:
                    raise Refused("duplicateKey", f.sender)
                seen.add(key)
            out[f.sender] = (fields, f.digest)
        if len(out) < 3:
            raise Refused("tooFewParticipants")
        return out

    def on_list(self, frame):
        if self.session is not None:
            raise Refused("equivocation" if frame.digest != self.list_digest else "unexpectedMessage")
        peers = self.check_list(frame.body)
        session = wire.session_id(self.proposal_digest, [peers[i][1] for i in sorted(peers)])
        if frame.session != session:
            raise Refused("wrongContext")
        n, p = len(peers), self.proposal
        members = len(self.roster)
        q, t = wire.quorum(members, p["colluders"]), wire.threshold(p["thresholdRule"], p["explicitThreshold"], members,
                                                                    p["colluders"])
        if 2 * q <= n + p["colluders"] or t < max(2, p["colluders"] + 1):
            raise Refused("thresholdTooLow")
        if t > n or q > n:
            raise Refused("thresholdTooHigh")
        for id in peers:
            if id != self.id and not exchange_is_strong(self.kx_secret, peers[id][0]["kx"]):
                raise Refused("weakKey", id)
        self.list_digest = frame.digest
        self.session, self.peers, self.seats = session, peers, sorted(peers)
        self.n, self.q, self.t = n, q, t
        self.neighbours = [i for i in self.seats if i != self.id]
        return self.deal()

    def kx_keys(self, peer):
        return kx_session_keys(self.kx_secret, self.kx_public, self.peers[peer][0]["kx"], self.id < peer)

    def deal(self):
        self.polynomials = []
        for e, beta in self.secrets:
            first = [e] + [self.stream.scalar() for _ in range(self.t - 1)]
            second = [beta] + [self.stream.scalar() for _ in range(self.t - 1)]
            self.polynomials.append((first, second))
        body = u32(len(self.polynomials)) + u32(self.t)
        for pair in self.polynomials:
            for polynomial in pair:
                body += b"".join(ristretto.encode(point) for point in shamir.commitments(polynomial))
        self.commitments = self.frame("Commitments", body)
        boxes, self.trace["boxes"] = [], []
        for peer in self.neighbours:
            nonce = self.stream.draw(24)
            plaintext = self.share_plaintext(peer)
            associated = box_associated_data(self.session, self.first_round, len(self.secrets), self.id, peer)
            key = self.kx_keys(peer)[1]
            box = box_seal(key, nonce, plaintext, associated)
            boxes.append((peer, box))
            self.trace["boxes"].append({"to": peer, "key": key, "nonce": nonce, "associatedData": associated,
                                        "plaintext": plaintext, "box": box})
        self.held[self.id] = (self.commitments.digest, self.shares_for(self.id))
        self.shares = self.frame("Shares", self.commitments.digest + wire.encode_boxes(boxes))
        return [self.commitments, self.shares]

    def shares_for(self, holder):
        return [tuple(shamir.evaluate(poly, holder) for poly in pair) for pair in self.polynomials]

    def share_plaintext(self, holder):
        parts = [ristretto.scalar_bytes(s) for pair in self.shares_for(holder) for s in pair]
        return self.commitments.digest + b"".join(parts)

    def open_dealer(self, dealer, commitments, box):
        """(commitments digest, shares) of one dealer, everything checked."""
        rounds = self.proposal["rounds"]
        associated = box_associated_data(self.session, self.first_round, rounds, dealer, self.id)
        plaintext = box_open(self.kx_keys(dealer)[0], box, associated)
        if plaintext is None:
            raise Refused("authenticationFailed", dealer)
        if len(plaintext) != 32 + 64 * rounds:
            raise Refused("invalidShareLength", dealer)
        scalars = [ristretto.scalar_decode(plaintext[k:k + 32]) for k in range(32, len(plaintext), 32)]
        if None in scalars:
            raise Refused("nonCanonicalShare", dealer)
        pairs = list(zip(scalars[::2], scalars[1::2]))
        if self.proposal["shareCheck"] == 1:
            if commitments != plaintext[:32]:
                raise Refused("inconsistentShare", dealer)
            return plaintext[:32], pairs
        frame = wire.parse(commitments)
        if frame.type != 4 or frame.sender != dealer:
            raise Refused("wrongSender", dealer)
        if frame.session != self.session or frame.round != self.first_round:
            raise Refused("wrongContext", dealer)
        frame.verify(self.roster[dealer])
        if frame.digest != plaintext[:32]:
            raise Refused("inconsistentShare", dealer)
        count, t, points = wire.decode_commitments(frame.body)
        if count != rounds or t != self.t:
            raise Refused("configMismatch", dealer)
        for pair, shares, advertised in zip(points, pairs, self.peers[dealer][0]["points"]):
            for encoded, share, constant in zip(pair, shares, advertised):
                decoded = [None if e == bytes(32) else ristretto.decode(e) for e in encoded]
                if None in decoded:
                    raise Refused("invalidPoint", dealer)
                if encoded[0] != constant or not shamir.share_matches(share, decoded, self.id):
                    raise Refused("inconsistentShare", dealer)
        return frame.digest, pairs

    def on_delivery(self, frame):
        recipient, entries = wire.decode_delivery(frame.body)
        if self.delivered is not None:
            raise Refused("unexpectedMessage")
        if recipient != self.id:
            raise Refused("wrongRecipient")
        ids = [e[0] for e in entries]
        wire.ascending(ids, "nonCanonical", blame=False)
        for dealer, commitments, box in entries:
            try:
                if dealer not in self.neighbours:
                    raise Refused("unknownParticipant", dealer)
                self.held[dealer] = self.open_dealer(dealer, commitments, box)
            except Refused as refusal:
                self.refusals[dealer] = refusal.error
        self.delivered = sorted(self.held)
        digest = H("QSA1 receipt", b"".join(u32(i) + self.held[i][0] for i in self.delivered))
        self.receipt_seats = [self.seats.index(i) for i in self.delivered]
        body = u8(self.proposal["shareCheck"]) + bitmap(self.n, self.receipt_seats) + digest
        self.receipt = self.frame("Receipt", body)
        return [self.receipt]

    def check_config(self, c):
        p = self.proposal
        if 2 * c["quorum"] <= self.n + p["colluders"] or c["quorum"] < self.q:
            raise Refused("thresholdTooLow")
        if c["threshold"] < max(2, p["colluders"] + 1) or c["threshold"] < self.t:
            raise Refused("thresholdTooLow")
        if c["quorum"] != self.q or c["threshold"] != self.t:
            raise Refused("thresholdTooHigh")
        if c["dimension"] == 0:
            raise Refused("emptyVector")
        if c["valueBound"] == 0 or c["weightCap"] == 0:
            raise Refused("invalidConfiguration")
        if c["maskSuite"] != wire.mask_suite(p["maskSuites"], [fields["suites"] for fields, _ in self.peers.values()]):
            raise Refused("suiteUnavailable")
        try:
            ring.lanes(c["ringBits"])
        except ring.RingError:
            raise Refused("invalidConfiguration")
        need = ring.required_bits(len(c["cohort"]), c["weightCap"], c["valueBound"], c["noiseTail"])
        if need > c["ringBits"]:
            raise Refused("overflowPossible")
        if not self.t <= c["receiptsRequired"] <= self.t + p["colluders"]:
            raise Refused("policyViolation")
        if len(c["cohort"]) < max(c["minimumSurvivors"], self.q):
            raise Refused("tooFewParticipants")
        if c["minimumSurvivors"] < max(2, p["colluders"] + 2):
            raise Refused("policyViolation")
        if self.seats.index(self.id) not in c["cohort"]:
            raise Refused("falselyDropped")
        if c["minimumSurvivors"] < p["colluders"] + self.minimum_honest:
            raise Refused("policyViolation")
        if self.cohort not in (None, c["cohort"]):
            raise Refused("policyViolation")

    def on_config(self, frame):
        config = wire.decode_config(frame.body, self.n)
        if self.rounds and frame.round < max(self.rounds):
            raise Refused("roundReplayed")
        if frame.round in self.rounds:
            raise Refused("equivocation")
        self.check_config(config)
        self.cohort = config["cohort"]
        state = self.rounds[frame.round] = Round()
        state.config, state.config_digest = config, frame.digest
        state.cohort = [self.seats[s] for s in config["cohort"]]
        bits, count = config["ringBits"], config["dimension"]
        values = self.inputs[frame.round]
        assert len(values) == count and all(abs(v) <= config["valueBound"] for v in values)
        state.plain = words = ring.pack(bits, values)
        state.self_seed = self.mask_seed("QSA1 self mask", self.secrets[frame.round - self.first_round][1], frame.round,
                                         self.id, self.id, state)
        words = ring.combine(bits, count, words, ring.mask(state.self_seed, bits, count, config["maskSuite"]), 1)
        state.pairs = {}
        for peer in state.cohort:
            if peer == self.id or peer not in self.neighbours:
                continue
            seed = state.pairs[peer] = self.pair_seed(peer, frame.round, state)
            mask = ring.mask(seed, bits, count, config["maskSuite"])
            words = ring.combine(bits, count, words, mask, 1 if peer > self.id else -1)
        state.masked = ring.to_bytes(words)
        body = state.config_digest + u64(len(words)) + upload_digest(state.masked)
        state.mine = self.frame("MaskedInput", body, frame.round)
        roots = chunk_roots(state.masked)
        out = [state.mine, self.frame("ChunkRoots", u32(len(roots)) + b"".join(roots), frame.round)]
        for k in range(len(roots)):
            chunk = state.masked[k * CHUNK_BYTES:(k + 1) * CHUNK_BYTES]
            out.append(self.frame("Chunk", u32(k) + chunk, frame.round))
        return out

    def mask_seed(self, person, key, round, low, high, state):
        key = key if isinstance(key, bytes) else ristretto.scalar_bytes(key)
        return K(person, key, self.session + u64(round) + u32(low) + u32(high) + state.config_digest)

    def pair_seed(self, peer, round, state):
        k = round - self.first_round
        point = ristretto.decode(self.peers[peer][0]["points"][k][0])
        shared = ristretto.encode(ristretto.multiply(self.secrets[k][0], point))
        self.trace.setdefault("shared", {})[(round, peer)] = shared
        return self.mask_seed("QSA1 pair mask", shared, round, min(self.id, peer), max(self.id, peer), state)

    def on_acknowledgement(self, frame, state):
        reader = Reader(frame.body)
        id, digest = reader.u32(), reader.b32()
        reader.finish()
        if id != self.id or digest != state.mine.digest:
            raise Refused("wrongContext")
        state.acknowledged = True
        return []

    def on_survivors(self, frame, state):
        reader = Reader(frame.body)
        agreement, config, seats, root = wire.read_agreement(reader, self.n)
        headers = [reader.raw(HEADER_FRAME_BYTES) for _ in seats]
        reader.finish()
        if state.statement is not None:
            raise Refused("equivocation")
        if config != state.config_digest:
            raise Refused("configMismatch")
        ids = [self.seats[s] for s in seats]
        if not set(ids) <= set(state.cohort):
            raise Refused("impossibleTransition")
        if len(ids) < max(state.config["minimumSurvivors"], self.proposal["colluders"] + self.minimum_honest):
            raise Refused("tooFewSurvivors")
        entries, words = [], ring.word_count(state.config["ringBits"], state.config["dimension"])
        for id, data in zip(ids, headers):
            header = wire.parse(data)
            if header.type != 9 or header.sender != id:
                raise Refused("wrongSender", id)
            if header.session != self.session or header.round != frame.round:
                raise Refused("wrongContext", id)
            header.verify(self.roster[id])
            digest, count, _ = wire.decode_masked_input(header.body)
            if digest != state.config_digest:
                raise Refused("configMismatch", id)
            if count != words:
                raise Refused("dimensionMismatch", id)
            entries.append((id, header.digest))
        if survivors_root(entries) != root:
            raise Refused("digestMismatch")
        if self.id in ids and dict(entries)[self.id] != state.mine.digest:
            raise Refused("ownKeyAltered")
        if self.id not in ids and state.acknowledged:
            raise Refused("excludedAfterAcknowledgement")
        if self.signed.setdefault(state.config["modelDigest"], ids) != ids:
            raise Refused("conflictingUnmask")
        state.statement = self.frame("SurvivorStatement", agreement, frame.round)
        state.survivors = ids
        state.agreement_digest = H("QSA1 agreement", self.session + u64(frame.round) + agreement)
        return [state.statement]

    def on_request(self, frame, state):
        reader = Reader(frame.body)
        agreement = wire.read_agreement(reader, self.n)[0]
        signatures = [(reader.u32(), reader.raw(64)) for _ in range(reader.count(self.n))]
        reader.finish()
        if state.statement is None:
            raise Refused("unexpectedMessage")
        if agreement != state.statement.body:
            raise Refused("conflictingUnmask")
        if state.answered:
            raise Refused("unexpectedMessage")
        wire.ascending([id for id, _ in signatures], "duplicateParticipant")
        for id, signature in signatures:
            if id not in self.seats:
                raise Refused("unknownParticipant", id)
            Frame(14, id, self.session, frame.round, agreement, signature).verify(self.roster[id])
        if len(signatures) < self.q:
            raise Refused("quorumNotReached")
        state.answered = True
        k, shares = frame.round - self.first_round, []
        for dealer in state.cohort:
            if dealer in self.held:
                e, beta = self.held[dealer][1][k]
                shares.append((dealer, ristretto.scalar_bytes(beta if dealer in state.survivors else e)))
        body = state.agreement_digest + u32(len(shares)) + b"".join(u32(i) + s for i, s in shares)
        return [self.frame("UnmaskShares", body, frame.round)]

    def on_result(self, frame, state):
        reader = Reader(frame.body)
        config, agreement, words, digest = reader.b32(), reader.b32(), reader.u64(), reader.b32()
        contributors = reader.u32()
        reader.finish()
        if state.statement is None:
            raise Refused("unexpectedMessage")
        if config != state.config_digest:
            raise Refused("configMismatch")
        if agreement != state.agreement_digest:
            raise Refused("conflictingUnmask")
        if words != ring.word_count(state.config["ringBits"], state.config["dimension"]):
            raise Refused("dimensionMismatch")
        if contributors != len(state.survivors):
            raise Refused("dimensionMismatch")
        if state.result not in (None, (words, digest)):
            raise Refused("equivocation")
        state.result = (words, digest)
        return []

    def on_roots(self, frame, state):
        if state.result is None:
            raise Refused("unexpectedMessage")
        state.roots = check_roots(frame.body, *state.result)
        return []

    def on_chunk(self, frame, state):
        if state.roots is None:
            raise Refused("unexpectedMessage")
        index, data = check_chunk(frame.body, state.roots, state.result[0])
        state.chunks[index] = data
        if len(state.chunks) == len(state.roots):
            state.sum_bytes = b"".join(state.chunks[i] for i in range(len(state.roots)))
            ring.unpack(state.config["ringBits"], state.config["dimension"], ring.from_bytes(state.sum_bytes))
        return []

    def sum(self, round):
        state = self.rounds[round]
        return ring.unpack(state.config["ringBits"], state.config["dimension"], ring.from_bytes(state.sum_bytes))


def check_roots(body, words, digest):
    reader = Reader(body)
    wanted = -(-8 * words // CHUNK_BYTES)
    roots = [reader.b32() for _ in range(reader.count(wanted))]
    reader.finish()
    if len(roots) != wanted or tree_root(roots, input_node) != digest:
        raise Refused("digestMismatch")
    return roots


def check_chunk(body, roots, words):
    reader = Reader(body)
    index, data = reader.u32(), reader.rest()
    if index >= len(roots):
        raise Refused("dimensionMismatch")
    if len(data) != min(CHUNK_BYTES, 8 * words - index * CHUNK_BYTES):
        raise Refused("dimensionMismatch")
    if chunk_roots(data)[0] != roots[index]:
        raise Refused("digestMismatch")
    return index, data
