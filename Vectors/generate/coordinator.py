"""The coordinator: it checks every frame of the participants and recovers the sum. It draws no randomness."""

import ring
import ristretto
import shamir
import wire
from participant import check_chunk, check_roots
from primitives import H, K, CHUNK_BYTES, chunk_roots, counted, survivors_root, u32, u64, upload_digest
from wire import COORDINATOR, Frame, Reader, Refused


class Round:
    def __init__(self, config, frame):
        self.config, self.frame, self.digest = config, frame, frame.digest
        self.inputs, self.roots, self.chunks, self.uploads = {}, {}, {}, {}
        self.statements, self.answers = {}, {}
        self.agreement = self.agreement_digest = None


class Coordinator:
    def __init__(self, seed, roster, proposal, first_round):
        self.seed, self.roster, self.first_round = seed, roster, first_round
        self.proposal = proposal
        self.advertises, self.commitments, self.boxes, self.receipts, self.rounds = {}, {}, {}, {}, {}
        self.session, self.stage = None, "advertise"

    def frame(self, name, body, round=None):
        session = self.session or bytes(32)
        return Frame(wire.TYPES[name], COORDINATOR, session, self.first_round if round is None else round,
                     body).signed(self.seed)

    def propose(self):
        frame = self.frame("EpochProposal", wire.encode_fields(wire.PROPOSAL, self.proposal))
        self.proposal_digest = frame.digest
        return frame

    def receive(self, data):
        """The frames sent back to the sender."""
        frame = wire.parse(data)
        if frame.type not in wire.FROM_PARTICIPANT + wire.UNSIGNED:
            raise Refused("wrongSender")
        if frame.sender >= len(self.roster):
            raise Refused("unknownParticipant", frame.sender)
        if frame.type not in wire.UNSIGNED:
            frame.verify(self.roster[frame.sender])
        if frame.type == 2:
            return self.on_advertise(frame)
        if self.session is None:
            raise Refused("unexpectedMessage")
        if frame.session != self.session:
            raise Refused("wrongContext")
        if frame.sender not in self.seats:
            raise Refused("unknownParticipant", frame.sender)
        if frame.type <= 7:
            if frame.round != self.first_round:
                raise Refused("wrongContext")
            return {4: self.on_commitments, 5: self.on_shares, 7: self.on_receipt}[frame.type](frame)
        if frame.round not in self.rounds:
            raise Refused("wrongContext" if self.rounds else "unexpectedMessage")
        handlers = {9: self.on_input, 10: self.on_roots, 11: self.on_chunk, 14: self.on_statement,
                    16: self.on_answer}
        return handlers[frame.type](frame, self.rounds[frame.round])

    # -- the epoch --------------------------------------------------------------------------------------------------

    def on_advertise(self, frame):
        fields = wire.decode_advertise(frame.body)
        if self.stage != "advertise":
            raise Refused("late", frame.sender)
        if frame.session != bytes(32):
            raise Refused("wrongContext", frame.sender)
        if frame.round != self.first_round or fields["proposalDigest"] != self.proposal_digest:
            raise Refused("wrongContext", frame.sender)
        if len(fields["points"]) != self.proposal["rounds"]:
            raise Refused("configMismatch", frame.sender)
        for point in (p for pair in fields["points"] for p in pair):
            if point == bytes(32) or ristretto.decode(point) is None:
                raise Refused("invalidPoint", frame.sender)
        if self.advertises.get(frame.sender, (frame,))[0].bytes != frame.bytes:
            raise Refused("equivocation", frame.sender)
        self.advertises[frame.sender] = (frame, fields)
        return []

    def close_advertise(self):
        self.stage = "deal"
        self.seats = sorted(self.advertises)
        self.n = len(self.seats)
        p = self.proposal
        self.q = wire.quorum(len(self.roster), p["colluders"])
        self.t = wire.threshold(p["thresholdRule"], p["explicitThreshold"], len(self.roster), p["colluders"])
        assert 2 * self.q > self.n + p["colluders"] and max(2, p["colluders"] + 1) <= self.t <= self.n
        self.session = wire.session_id(self.proposal_digest, [self.advertises[i][0].digest for i in self.seats])
        body = u32(self.n) + b"".join(counted(self.advertises[i][0].bytes) for i in self.seats)
        return self.frame("AdvertiseList", body)

    def on_commitments(self, frame):
        rounds, t, points = wire.decode_commitments(frame.body)
        if self.stage != "deal":
            raise Refused("late", frame.sender)
        if rounds != self.proposal["rounds"] or t != self.t:
            raise Refused("configMismatch", frame.sender)
        if self.commitments.get(frame.sender, frame).bytes != frame.bytes:
            raise Refused("equivocation", frame.sender)
        self.commitments[frame.sender] = frame
        return []

    def on_shares(self, frame):
        digest, boxes = wire.decode_shares(frame.body)
        wire.ascending([i for i, _ in boxes], "nonCanonical", blame=False)
        if frame.sender not in self.commitments or digest != self.commitments[frame.sender].digest:
            raise Refused("inconsistentShare", frame.sender)
        if [i for i, _ in boxes] != [i for i in self.seats if i != frame.sender]:
            raise Refused("missingShare", frame.sender)
        self.boxes[frame.sender] = dict(boxes)
        return []

    def close_deal(self):
        self.stage = "receipt"
        self.dealers = sorted(self.boxes)
        out = []
        for recipient in self.dealers:
            body, dealers = b"", [i for i in self.dealers if i != recipient]
            for dealer in dealers:
                frame = self.commitments[dealer]
                commitments = frame.bytes if self.proposal["shareCheck"] == 0 else frame.digest
                body += u32(dealer) + counted(commitments) + counted(self.boxes[dealer][recipient])
            out.append((recipient, self.frame("Delivery", u32(recipient) + u32(len(dealers)) + body)))
        return out

    def on_receipt(self, frame):
        check, seats, digest = wire.decode_receipt(frame.body, self.n)
        ids = [self.seats[s] for s in seats]
        if check != self.proposal["shareCheck"]:
            raise Refused("configMismatch", frame.sender)
        if not set(ids) <= set(self.dealers) or frame.sender not in ids:
            raise Refused("unknownShare", frame.sender)
        if digest != H("QSA1 receipt", b"".join(u32(i) + self.commitments[i].digest for i in ids)):
            raise Refused("inconsistentShare", frame.sender)
        self.receipts[frame.sender] = (frame, ids)
        return []

    # -- a round ----------------------------------------------------------------------------------------------------

    def receipts_digest(self):
        return H("QSA1 receipts", b"".join(self.receipts[i][0].digest for i in sorted(self.receipts)))

    def announce(self, round, values):
        required = values["receiptsRequired"]
        counts = {i: sum(i in ids for _, ids in self.receipts.values()) for i in self.seats}
        cohort = [s for s, i in enumerate(self.seats) if i in self.receipts and counts[i] >= required]
        advertised = [fields["suites"] for _, fields in self.advertises.values()]
        suite = wire.mask_suite(self.proposal["maskSuites"], advertised)
        config = dict(values, reserved=0, maskSuite=suite, quorum=self.q, threshold=self.t,
                      receiptsDigest=self.receipts_digest(), cohort=cohort)
        need = ring.required_bits(len(cohort), config["weightCap"], config["valueBound"], config["noiseTail"])
        assert need <= config["ringBits"]
        frame = self.frame("RoundConfig", wire.encode_config(config, self.n), round)
        self.rounds[round] = Round(config, frame)
        self.rounds[round].cohort = [self.seats[s] for s in cohort]
        return frame

    def words(self, state):
        return ring.word_count(state.config["ringBits"], state.config["dimension"])

    def on_input(self, frame, state):
        config, words, digest = wire.decode_masked_input(frame.body)
        if frame.sender not in state.cohort:
            raise Refused("unknownParticipant", frame.sender)
        if config != state.digest:
            raise Refused("configMismatch", frame.sender)
        if words != self.words(state):
            raise Refused("dimensionMismatch", frame.sender)
        if state.inputs.get(frame.sender, frame).bytes != frame.bytes:
            raise Refused("equivocation", frame.sender)
        state.inputs[frame.sender] = frame
        return []

    def on_roots(self, frame, state):
        if frame.sender not in state.inputs:
            raise Refused("unexpectedMessage", frame.sender)
        _, words, digest = wire.decode_masked_input(state.inputs[frame.sender].body)
        state.roots[frame.sender] = check_roots(frame.body, words, digest)
        state.chunks[frame.sender] = {}
        return []

    def on_chunk(self, frame, state):
        if frame.sender not in state.roots:
            raise Refused("unexpectedMessage", frame.sender)
        roots = state.roots[frame.sender]
        index, data = check_chunk(frame.body, roots, self.words(state))
        chunks = dict(state.chunks[frame.sender])
        chunks[index] = data
        if len(chunks) == len(roots):
            words = ring.from_bytes(b"".join(chunks[i] for i in range(len(roots))))
            try:
                ring.residues(state.config["ringBits"], state.config["dimension"], words)
            except ring.RingError as error:
                raise Refused(error.name, frame.sender)
            state.uploads[frame.sender] = words
        state.chunks[frame.sender] = chunks
        if frame.sender not in state.uploads:
            return []
        body = u32(frame.sender) + state.inputs[frame.sender].digest
        return [self.frame("Acknowledgement", body, frame.round)]

    def close_inputs(self, round):
        state = self.rounds[round]
        state.survivors = sorted(state.uploads)
        root = survivors_root([(i, state.inputs[i].digest) for i in state.survivors])
        state.root = root
        seats = [self.seats.index(i) for i in state.survivors]
        state.agreement = wire.encode_agreement(state.digest, self.n, seats, root)
        state.agreement_digest = H("QSA1 agreement", self.session + u64(round) + state.agreement)
        body = state.agreement + b"".join(state.inputs[i].bytes for i in state.survivors)
        return self.frame("Survivors", body, round)

    def on_statement(self, frame, state):
        if state.agreement is None:
            raise Refused("unexpectedMessage", frame.sender)
        if frame.body != state.agreement:
            raise Refused("configMismatch", frame.sender)
        state.statements[frame.sender] = frame
        return []

    def close_statements(self, round):
        state = self.rounds[round]
        assert len(state.statements) >= self.q
        ids = sorted(state.statements)
        body = state.agreement + u32(len(ids)) + b"".join(u32(i) + state.statements[i].signature for i in ids)
        return self.frame("UnmaskRequest", body, round)

    def on_answer(self, frame, state):
        reader = Reader(frame.body)
        digest = reader.b32()
        shares = [(reader.u32(), reader.raw(32)) for _ in range(reader.count(self.n))]
        reader.finish()
        if digest != state.agreement_digest:
            raise Refused("configMismatch", frame.sender)
        if any(a >= b for (a, _), (b, _) in zip(shares, shares[1:])):
            raise Refused("duplicateShare", frame.sender)
        if frame.sender not in self.receipts:
            raise Refused("unknownParticipant", frame.sender)
        held = self.receipts[frame.sender][1]
        ids = [i for i, _ in shares]
        for i in ids:
            if i not in state.cohort or i not in held:
                raise Refused("unknownShare", frame.sender)
        if ids != [i for i in state.cohort if i in held]:
            raise Refused("missingShare", frame.sender)
        scalars = {i: ristretto.scalar_decode(s) for i, s in shares}
        if None in scalars.values():
            raise Refused("nonCanonicalShare", frame.sender)
        state.answers[frame.sender] = scalars
        return []

    def finish(self, round):
        """Result, ChunkRoots and Chunk frames with the recovered sum."""
        state = self.rounds[round]
        k = round - self.first_round
        bits, count = state.config["ringBits"], state.config["dimension"]
        state.recovered = {}
        for dealer in state.cohort:
            shares = {h: s[dealer] for h, s in state.answers.items() if dealer in s}
            if len(shares) < self.t:
                raise Refused("abortedInsufficientShares", dealer)
            chosen = {h: shares[h] for h in sorted(shares)[:self.t]}
            secret = shamir.interpolate(chosen)
            points = self.advertises[dealer][1]["points"][k]
            wanted = points[1] if dealer in state.survivors else points[0]
            if ristretto.encode(ristretto.multiply_base(secret)) != wanted:
                raise Refused("reconstructionFailed", dealer)
            state.recovered[dealer] = secret
        total = [0] * self.words(state)
        for id in state.survivors:
            total = ring.combine(bits, count, total, state.uploads[id], 1)
            seed = self.seed_of("QSA1 self mask", ristretto.scalar_bytes(state.recovered[id]), round, id, id)
            total = ring.combine(bits, count, total, ring.mask(seed, bits, count, state.config["maskSuite"]), -1)
        for gone in (i for i in state.cohort if i not in state.survivors):
            for id in state.survivors:
                point = ristretto.decode(self.advertises[id][1]["points"][k][0])
                shared = ristretto.encode(ristretto.multiply(state.recovered[gone], point))
                seed = self.seed_of("QSA1 pair mask", shared, round, min(id, gone), max(id, gone))
                mask = ring.mask(seed, bits, count, state.config["maskSuite"])
                total = ring.combine(bits, count, total, mask, -1 if gone > id else 1)
        state.total = total
        data = ring.to_bytes(total)
        state.sum_digest, roots = upload_digest(data), chunk_roots(data)
        body = state.digest + state.agreement_digest + u64(len(total)) + state.sum_digest + u32(len(state.survivors))
        out = [self.frame("Result", body, round)]
        out.append(self.frame("ChunkRoots", u32(len(roots)) + b"".join(roots), round))
        for i in range(len(roots)):
            out.append(self.frame("Chunk", u32(i) + data[i * CHUNK_BYTES:(i + 1) * CHUNK_BYTES], round))
        return out

    def seed_of(self, person, key, round, low, high):
        return K(person, key, self.session + u64(round) + u32(low) + u32(high) + self.rounds[round].digest)
