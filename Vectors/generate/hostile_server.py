"""hostile/lying_server.json: what a coordinator that lies sends to one honest participant, and how it is refused.

Every frame is signed by the coordinator of a transcript in round/, and whatever colluding participants must have signed is
signed by them: nothing is wrong with it but what it says. This implementation's participant is tried on each."""

import wire
from bad_frames import (Deal, forged_input, listed, request_frame, survivors_frame)
from bench import Bench
from layout import test
from primitives import counted, sign, survivors_root, u32, u64
from scenario import fixed
from wire import COORDINATOR, Frame

NOBODY = 0xFFFFFFFE
STAGES = {1: "proposal", 2: "advertise", 3: "advertise", 4: "deal", 5: "deal", 6: "deal", 7: "deal", 8: "announce",
          9: "input", 10: "input", 11: "input", 12: "input", 13: "survivors", 14: "survivors", 15: "unmask",
          16: "unmask", 17: "result", 18: "result"}
SMALL_ORDER = bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")


class Kit(Bench):
    def attack(self, name, recipient, after, frame, error, peer=COORDINATOR, evidence=(), before=(), stage=None):
        """The participant takes `before` and refuses `frame`; without `before` it then goes on as in the transcript."""
        person = self.state_at(recipient, after)
        for earlier in before:
            person.receive(earlier.bytes)
        try:
            person.receive(frame.bytes)
        except wire.Refused as refusal:
            assert refusal.error == error, f"{name}: {refusal} instead of {error}"
            assert refusal.peer in (None, peer), f"{name}: {refusal}"
        else:
            raise AssertionError(f"{name}: accepted")
        if not before:
            for item in self.s.transcript[after:]:
                if recipient in item["to"]:
                    person.receive(item["frame"])
        inputs = {"transcript": self.s.name, "recipient": recipient, "after": after, "frame": frame.bytes}
        if before:
            inputs["before"] = [earlier.bytes for earlier in before]
        more = {"effect": "frameRefused", "peer": peer, "stage": stage or STAGES[frame.type]}
        if evidence:
            more["evidence"] = [proof.digest for proof in evidence] + [frame.digest]
        self.tests.append(test(name, inputs, error=error, **more))

    def left_out(self, name, recipient, after, frame, error, dealer):
        """The delivery stands; the dealer is not in the receipt."""
        person = self.state_at(recipient, after)
        receipt = person.receive(frame.bytes)[0]
        assert person.refusals == {dealer: error}, f"{name}: {person.refusals}"
        inputs = {"transcript": self.s.name, "recipient": recipient, "after": after, "frame": frame.bytes}
        self.tests.append(test(name, inputs, {"receiptSeats": person.receipt_seats, "receiptFrame": receipt.bytes},
                               error=error, effect="dealerExcluded", peer=dealer, stage="deal"))


def keys(k):
    """The list of keys: swapped, reflected, shortened, shown twice."""
    at = k.step("AdvertiseList")
    a = [k.frame("Advertise", sender=i) for i in range(3)]

    def changed(frame, offset, value):
        return k.remade(frame, frame.body[:offset] + value + frame.body[offset + len(value):])

    k.attack("key swap: a key of the server's in the place of participant 2's, under the server's signature", 1, at,
             listed(k, [a[0], a[1], signed_by(k, changed(a[2], 64, fixed("server key")), COORDINATOR)]), "badSignature", 2)
    k.attack("key swap by a colluder: participant 0's own frame under the id of 2", 1, at,
             listed(k, [a[0], a[1], signed_by(k, moved(a[0], 2), 0)]), "badSignature", 2)
    k.attack("reflected key: the recipient's exchange key comes back as participant 2's, which signs it", 1, at,
             listed(k, [a[0], a[1], changed(a[2], 64, a[1].body[64:96])]), "duplicateKey", 2)
    k.attack("reflected point: the recipient's pairwise point comes back as participant 2's", 1, at,
             listed(k, [a[0], a[1], changed(a[2], 102, a[1].body[102:134])]), "duplicateKey", 2)
    k.attack("an exchange key of small order, which participant 2 signs", 1, at,
             listed(k, [a[0], a[1], changed(a[2], 64, SMALL_ORDER)]), "weakKey", 2)
    k.attack("the recipient's own keys replaced, with a signature that only it could make", 1, at,
             listed(k, [a[0], changed(a[1], 32, fixed("nonce")), a[2]]), "ownKeyAltered")
    k.attack("the recipient is left out of the list", 1, at, listed(k, [a[0], a[2]]), "ownKeyAltered")
    k.attack("a member of the server's invention, beyond the roster", 1, at,
             listed(k, [a[0], a[1], signed_by(k, moved(a[2], 7), 2)]), "unknownParticipant", 7)
    k.attack("a session id that does not follow from the list", 1, at,
             k.remade(k.frame("AdvertiseList"), session=fixed("another session")), "wrongContext")
    k.attack("equivocation: a second list of keys in one epoch", 1, k.step("Delivery", to=1),
             listed(k, [a[0], a[1], changed(a[2], 32, fixed("nonce"))]), "equivocation",
             evidence=[k.frame("AdvertiseList")])


def moved(frame, sender):
    return Frame(frame.type, sender, frame.session, frame.round, frame.body)


def signed_by(k, frame, signer):
    frame.signature = sign(k.seed(signer), frame.unsigned)
    return frame


def shares(k):
    at = k.step("Delivery", to=1)
    own = {x["to"]: x["box"] for x in k.s.people[1].trace["boxes"]}
    theirs = {x["to"]: x["box"] for x in k.s.people[0].trace["boxes"]}
    k.left_out("reflection: the recipient's own box comes back as that of dealer 0", 1, at,
               Deal(k, 0, 1).delivery(box=own[0]), "authenticationFailed", 0)
    k.left_out("redirection: the box that dealer 0 made for participant 2", 1, at,
               Deal(k, 0, 1).delivery(box=theirs[2]), "authenticationFailed", 0)
    k.attack("the delivery of another participant", 1, at, k.frame("Delivery", to=2), "wrongRecipient")


def altered_configuration(k):
    at, good = k.step("RoundConfig"), k.frame("RoundConfig")
    true = wire.decode_config(good.body, 3)

    def changed(**fields):
        return k.remade(good, wire.encode_config(dict(true, **fields), 3))

    k.attack("altered configuration: quorum lowered to two", 1, at, changed(quorum=2), "thresholdTooLow")
    k.attack("altered configuration: threshold lowered to one", 1, at, changed(threshold=1), "thresholdTooLow")
    k.attack("altered configuration: one survivor is enough", 1, at, changed(minimumSurvivors=1), "policyViolation")
    k.attack("altered configuration: a cohort of two", 1, at, changed(cohort=[0, 1]), "tooFewParticipants")
    k.attack("altered configuration: a bound under which the sum may wrap", 1, at, changed(valueBound=1 << 20),
             "overflowPossible")
    k.attack("altered configuration: a weight cap of zero, which would prove any bound", 1, at,
             changed(weightCap=0, valueBound=1 << 62), "invalidConfiguration")
    k.attack("altered configuration: a mask generator that the session does not run", 1, at, changed(maskSuite=2),
             "suiteUnavailable")
    k.attack("a configuration for a round outside the epoch", 1, at, k.remade(good, round=k.first + 1), "wrongContext")
    other = changed(modelDigest=fixed("another model"))
    k.attack("equivocation: a second configuration for the round, with another model", 1, k.step("Survivors"), other,
             "equivocation", evidence=[good])
    k.attack("another model for one participant: it masks, and the survivors are those of the others' configuration", 1,
             at, k.frame("Survivors"), "configMismatch", before=[other])


def survivor_sets(k):
    at, state = k.step("Survivors"), k.s.coordinator.rounds[k.first]
    real = [state.inputs[i] for i in range(3)]
    words = len(state.total)
    k.attack("below the minimum: two survivors where three are needed", 1, at, survivors_frame(k, [0, 1]),
             "tooFewSurvivors")
    k.attack("no survivor at all", 1, at, survivors_frame(k, [], root=bytes(32)), "tooFewSurvivors")
    k.attack("an input in the recipient's own place that it did not send", 1, at,
             survivors_frame(k, [0, 1, 2], [real[0], forged_input(k, 1, state.digest, words, "own"), real[2]]),
             "ownKeyAltered")
    k.attack("a survivor whose input nobody signed", 1, at,
             survivors_frame(k, [0, 1, 2], real[:2] + [signed_by(k, forged_input(k, 2, state.digest, words, "fake"), 0)]),
             "badSignature", 2)
    k.attack("an input that a colluder masked under another configuration", 1, at,
             survivors_frame(k, [0, 1, 2], real[:2] + [forged_input(k, 2, fixed("config"), words, "fake")]),
             "configMismatch", 2)
    k.attack("an input of another round", 1, at,
             survivors_frame(k, [0, 1, 2], real[:2] + [forged_input(k, 2, state.digest, words, "fake", k.first + 1)]),
             "wrongContext", 2)
    k.attack("a root that is not that of the inputs", 1, at, survivors_frame(k, [0, 1, 2], root=fixed("root")),
             "digestMismatch")
    other = survivors_frame(k, [0, 1, 2], real[:2] + [forged_input(k, 2, state.digest, words, "other input")])
    k.attack("two survivor sets: a second one after the statement", 1, k.step("UnmaskRequest"), other, "equivocation",
             evidence=[k.frame("Survivors")])
    k.attack("a request for shares before the recipient has signed a set", 1, at, k.frame("UnmaskRequest"),
             "unexpectedMessage")


def requests(k):
    at, state = k.step("UnmaskRequest"), k.s.coordinator.rounds[k.first]
    agreement = state.agreement
    k.attack("quorum too small: one signature short", 1, at, request_frame(k, agreement, [0, 2]), "quorumNotReached")
    k.attack("quorum too small: no signature", 1, at, request_frame(k, agreement, []), "quorumNotReached")
    k.attack("quorum by counting one signer twice", 1, at, request_frame(k, agreement, [0, 1, 1]),
             "duplicateParticipant", 1)
    k.attack("quorum with a signer from outside", 1, at, request_frame(k, agreement, [0, 1, 7]), "unknownParticipant", 7)
    k.attack("quorum with a signature that participant 2 made for something else", 1, at,
             request_frame(k, agreement, [0, 1, 2], {2: state.inputs[2].signature}), "badSignature", 2)
    other = forged_input(k, 2, state.digest, len(state.total), "other input")
    root = survivors_root([(0, state.inputs[0].digest), (1, state.inputs[1].digest), (2, other.digest)])
    lie = request_frame(k, wire.encode_agreement(state.digest, 3, [0, 1, 2], root), [0, 1, 2])
    k.attack("a request under another set than the recipient signed, with the signatures of all", 1, at, lie,
             "conflictingUnmask", evidence=[k.frame("Survivors")])
    k.attack("a second request, under another set, after the recipient has answered", 1, k.step("Result"), lie,
             "conflictingUnmask", evidence=[k.frame("Survivors")])


def falsely_dropped(k):
    """Seven members, c = 1; 5 has uploaded and is acknowledged, 1 has vanished after its receipt."""
    c = k.s.coordinator
    state = c.rounds[k.first]
    acknowledgement = k.frame("Acknowledgement", to=2)
    k.attack("falsely dropped: the recipient's acknowledged input is left out", 2, k.step("Survivors"),
             survivors_frame(k, [i for i in state.survivors if i != 2]), "excludedAfterAcknowledgement",
             evidence=[acknowledgement])
    good = k.frame("RoundConfig")
    true = wire.decode_config(good.body, c.n)
    seat = c.seats.index(2)
    k.attack("falsely dropped: the recipient is not in the cohort", 2, k.step("RoundConfig"),
             k.remade(good, wire.encode_config(dict(true, cohort=[s for s in true["cohort"] if s != seat]), c.n)),
             "falselyDropped")
    ids = sorted(state.survivors + [1])
    headers = [state.inputs[i] if i != 1 else signed_by(k, forged_input(k, 1, state.digest, len(state.total), "one"), 0)
               for i in ids]
    k.attack("forged drop the other way: a vanished member listed as alive, with an input that it never signed", 2,
             k.step("Survivors"), survivors_frame(k, ids, headers), "badSignature", 1)
    less = [i for i in state.survivors if i != 7]
    seats = [c.seats.index(i) for i in less]
    root = survivors_root([(i, state.inputs[i].digest) for i in less])
    k.attack("two survivor sets: a request for the smaller one, which everybody else has signed", 2,
             k.step("UnmaskRequest"), request_frame(k, wire.encode_agreement(state.digest, c.n, seats, root), less),
             "conflictingUnmask", evidence=[k.frame("Survivors")])


def rounds(k):
    """Two rounds of one epoch; 6 never dealt and is outside the cohort, 2 has vanished."""
    c = k.s.coordinator
    first, second = c.rounds[k.first], c.rounds[k.first + 1]
    later = next(item["step"] for item in k.s.transcript
                 if item["name"] == "Survivors" and wire.parse(item["frame"]).round == k.first + 1)
    config = next(item["step"] for item in k.s.transcript
                  if item["name"] == "RoundConfig" and wire.parse(item["frame"]).round == k.first + 1)
    k.attack("replayed round: the last round's configuration", 1, later, k.frame("RoundConfig"), "roundReplayed")
    k.attack("replayed round: the last round's survivors", 1, later, k.frame("Survivors"), "roundReplayed")
    k.attack("replayed epoch: its proposal, for later rounds", 1, later,
             k.remade(k.frame("EpochProposal"), round=k.first + 9), "roundReplayed")
    good = wire.parse(k.s.transcript[config]["frame"])
    true = wire.decode_config(good.body, c.n)
    k.attack("another cohort within the epoch", 1, config,
             k.remade(good, wire.encode_config(dict(true, cohort=true["cohort"][:-1]), c.n)), "policyViolation")
    ids = sorted(first.survivors + [6])
    headers = [first.inputs[i] if i != 6 else forged_input(k, 6, first.digest, len(first.total), "six") for i in ids]
    k.attack("a colluder outside the cohort among the survivors, its input validly signed", 1, k.step("Survivors"),
             survivors_frame(k, ids, headers), "impossibleTransition")
    # Differencing: the model of the first round again, over fewer survivors.
    old = wire.decode_config(k.frame("RoundConfig").body, c.n)
    again = k.remade(good, wire.encode_config(dict(true, modelDigest=old["modelDigest"]), c.n))
    probe = k.state_at(1, config)
    probe.receive(again.bytes)
    mine = probe.rounds[k.first + 1].mine
    fewer = [i for i in second.survivors if i != 7]
    assert 1 in fewer and len(fewer) >= old["minimumSurvivors"] and fewer != first.survivors
    lie = [mine if i == 1 else forged_input(k, i, again.digest, len(second.total), f"input {i}", k.first + 1)
           for i in fewer]
    seats = [c.seats.index(i) for i in fewer]
    agreement = wire.encode_agreement(again.digest, c.n, seats, survivors_root([(h.sender, h.digest) for h in lie]))
    frame = Frame(13, COORDINATOR, k.session, k.first + 1,
                  agreement + b"".join(h.bytes for h in lie)).signed(k.s.coordinator_seed)
    k.attack("differencing: a second survivor set for a model that the recipient has signed one for", 1, config, frame,
             "conflictingUnmask", before=[again])


def results(k):
    at, good = k.step("ChunkRoots", to=1), k.frame("Result")
    k.attack("equivocation: a second result", 1, at, k.remade(good, good.body[:72] + fixed("sum") + good.body[104:]),
             "equivocation", evidence=[good])
    k.attack("a result of another agreement", 1, k.step("Result"),
             k.remade(good, good.body[:32] + fixed("agreement") + good.body[64:]), "conflictingUnmask")


def proposals(k):
    good = k.frame("EpochProposal")

    def changed(**fields):
        return k.remade(good, wire.encode_fields(wire.PROPOSAL, dict(k.s.proposal, **fields)))

    assert changed().bytes == good.bytes
    k.attack("a proposal for another roster", 1, 0, changed(rosterDigest=fixed("roster")), "policyViolation")
    k.attack("a proposal with a suite that nobody knows beside ChaCha20", 1, 0, changed(maskSuites=5),
             "suiteUnavailable")
    k.attack("a proposal signed by a colluder in the coordinator's name", 1, 0,
             signed_by(k, Frame(1, COORDINATOR, good.session, good.round, good.body), 0), "badSignature")
    k.attack("a colluder's proposal in its own name", 1, 0, signed_by(k, moved(good, 0), 0), "wrongSender", 0)


def build(scenarios):
    tests = []
    three = Kit(scenarios["three_parties"], tests)
    for part in (proposals, keys, shares, altered_configuration, survivor_sets, requests, results):
        part(three)
    falsely_dropped(Kit(scenarios["seven_parties_dropout_late"], tests))
    rounds(Kit(scenarios["seven_parties_dropout_setup"], tests))
    notes = ("A coordinator that lies to one honest participant, under signatures that are right. The participant has "
             "sent and received everything of the first `after` steps of the named transcript (round/<transcript>.json), "
             "then takes each frame of `before`, and then must refuse `frame`: reason `error`, `stage`, the `peer` at "
             "fault (4294967295 is the coordinator), and, where `evidence` stands, the frame digests of the two signed "
             "frames that prove it to others, the older first. Nothing is sent in answer, and without `before` the "
             "rest of the transcript goes on as written. dealerExcluded: the delivery stands, `peer` is left out of the "
             "receipt that `expected` gives.")
    return {"hostile/lying_server.json": ("QSA-1 malicious-server kit", notes, tests)}
