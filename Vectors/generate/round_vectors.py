"""round/*.json with full transcripts."""

import ring
import ristretto
from layout import decimal, test
from scenario import Scenario

SEVEN = {"roster": 8, "colluders": 1, "thresholdRule": 2, "explicitThreshold": 3, "shareCheck": 0,
         "minimumSurvivors": 4, "minimumHonest": 3, "receiptsRequired": 4, "valueBound": 1000, "epochRounds": 2,
         "firstRound": 5}

THREE_PARTIES = {
    "name": "three_parties", "roster": 3, "colluders": 1, "thresholdRule": 0, "explicitThreshold": 0, "shareCheck": 0,
    "minimumSurvivors": 3, "minimumHonest": 2, "receiptsRequired": 3, "valueBound": 1000, "epoch": 1, "epochRounds": 1,
    "firstRound": 1, "bits": 21, "dimension": 10, "silence": {},
    "rounds": [{"round": 1, "deadlines": (3000, 4000, 5000), "silence": {}}],
}
SETUP = dict(
    SEVEN, name="seven_parties_dropout_setup", epoch=2, bits=16, dimension=37, silence={4: "none", 6: "Advertise"},
    rounds=[{"round": 5, "deadlines": (3000, 4000, 5000), "silence": {2: "none", 7: "SurvivorStatement"}},
            {"round": 6, "deadlines": (6000, 7000, 8000), "silence": {2: "none"}}])
LATE = dict(
    SEVEN, name="seven_parties_dropout_late", epoch=3, bits=21, dimension=10, silence={4: "none"},
    rounds=[{"round": 5, "deadlines": (3000, 4000, 5000),
             "silence": {1: "none", 5: "Chunk", 0: "SurvivorStatement", 6: "SurvivorStatement"}}])
ON_FAILURE = {
    "name": "four_parties_check_on_failure", "roster": 4, "colluders": 1, "thresholdRule": 1, "explicitThreshold": 0,
    "shareCheck": 1, "minimumSurvivors": 4, "minimumHonest": 3, "receiptsRequired": 3, "valueBound": 1000, "epoch": 4,
    "epochRounds": 1, "firstRound": 1, "bits": 64, "dimension": 5, "silence": {},
    "rounds": [{"round": 1, "deadlines": (3000, 4000, 5000), "silence": {}}],
}
NOTES = {
    "three_parties": "Roster and session of three, complete graph, b = 21, nobody drops. The coordinator's id is "
                     "4294967295.",
    "seven_parties_dropout_setup": "Id 4 of a roster of eight never advertises, id 6 never deals, id 2 vanishes after "
                                   "its receipt, id 7 does not answer the unmask request of round 5; round 6 has the "
                                   "same cohort and id 7 is back.",
    "seven_parties_dropout_late": "Id 4 never advertises, id 1 vanishes after its receipt, id 5 after its upload, ids "
                                  "0 and 6 after their statement; three answers are left, which is the threshold.",
    "four_parties_check_on_failure": "Shares are checked on failure only: deliveries carry no commitments. Threshold "
                                     "rule 1, b = 64.",
}


def silence(mapping):
    return [{"id": i, "lastFrame": mapping[i]} for i in sorted(mapping)]


def inputs(s):
    plan = s.plan
    return {
        "bits": plan["bits"], "dimension": plan["dimension"], "firstRound": plan["firstRound"],
        "minimumHonest": plan["minimumHonest"], "proposal": s.proposal,
        "coordinator": {"identitySeed": s.coordinator_seed}, "silence": silence(plan["silence"]),
        "participants": [{"id": i, "identitySeed": s.seeds[i], "randomness": s.randomness[i]} for i in range(s.size)],
        "rounds": [{"round": r["round"], "silence": silence(r["silence"]), "config": s.config(r),
                    "values": [{"id": i, "values": decimal(s.inputs[i][r["round"]])} for i in range(s.size)]}
                   for r in plan["rounds"]],
    }


def scalars(values):
    return [ristretto.scalar_bytes(v) for v in values]


def participant_values(s, id):
    p, first = s.people[id], s.plan["firstRound"]
    out = {"id": id, "identityPublicKey": s.keys[id]}
    if p.proposal is None:
        return out
    out.update(kxSeed=p.kx_seed, kxSecretKey=p.kx_secret, kxPublicKey=p.kx_public, nonce=p.nonce,
               advertiseDigest=p.advertise.digest)
    out["secrets"] = [{"round": first + k, "e": ristretto.scalar_bytes(e), "E": points[0],
                       "beta": ristretto.scalar_bytes(b), "B": points[1]}
                      for k, ((e, b), points) in enumerate(zip(p.secrets, p.points))]
    if p.session is None:
        return out
    out.update(seat=p.seats.index(id), commitmentsDigest=p.commitments.digest, boxes=p.trace["boxes"])
    out["polynomials"] = [{"round": first + k, "e": scalars(e), "beta": scalars(b)}
                          for k, (e, b) in enumerate(p.polynomials)]
    out["shares"] = [{"holder": h, "rounds": [{"round": first + k, "e": ristretto.scalar_bytes(e),
                                               "beta": ristretto.scalar_bytes(b)}
                                              for k, (e, b) in enumerate(p.shares_for(h))]} for h in p.seats]
    if p.delivered is not None:
        out.update(verifiedDealers=p.delivered, receiptSeats=p.receipt_seats, receiptFrameDigest=p.receipt.digest)
    return out


def round_values(s, number):
    c = s.coordinator
    state, first = c.rounds[number], s.plan["firstRound"]
    people = [s.people[i] for i in state.survivors]
    pairs, seen = [], {}
    for p in people:
        for peer, seed in sorted(p.rounds[number].pairs.items()):
            key = (min(p.id, peer), max(p.id, peer))
            entry = {"low": key[0], "high": key[1], "sharedPoint": p.trace["shared"][(number, peer)], "seed": seed}
            assert seen.setdefault(key, entry) == entry
    pairs = [seen[key] for key in sorted(seen)]
    uploads = []
    for p in people:
        own = p.rounds[number]
        uploads.append({"id": p.id, "selfSeed": own.self_seed, "plainWords": ring.to_bytes(own.plain),
                        "maskedWords": own.masked, "inputDigest": own.mine.body[40:72],
                        "maskedInputFrameDigest": own.mine.digest})
    recovered = [{"id": i, "kind": "beta" if i in state.survivors else "e", "scalar": ristretto.scalar_bytes(v)}
                 for i, v in sorted(state.recovered.items())]
    for entry in recovered:
        e, b = s.people[entry["id"]].secrets[number - first]
        assert entry["scalar"] == ristretto.scalar_bytes(b if entry["kind"] == "beta" else e)
    return {
        "round": number, "receiptsDigest": c.receipts_digest(), "configDigest": state.digest, "cohort": state.cohort,
        "pairs": pairs, "uploads": uploads, "survivors": state.survivors, "survivorsRoot": state.root,
        "agreement": state.agreement, "agreementDigest": state.agreement_digest, "signers": sorted(state.statements),
        "answers": sorted(state.answers), "recovered": recovered, "sum": decimal(state.plain_sum),
        "sumWords": ring.to_bytes(state.total), "sumDigest": state.sum_digest, "contributors": len(state.survivors),
    }


def expected(s):
    c = s.coordinator
    return {
        "rosterDigest": s.proposal["rosterDigest"], "coordinatorPublicKey": s.coordinator_key,
        "proposalDigest": c.proposal_digest, "sessionId": c.session, "n": c.n, "seats": c.seats, "quorum": c.q,
        "threshold": c.t, "participants": [participant_values(s, i) for i in range(s.size)],
        "rounds": [round_values(s, r["round"]) for r in s.plan["rounds"]], "transcript": s.transcript,
    }


def build():
    """(scenarios by name, files: path -> (algorithm, notes, tests))."""
    scenarios, files = {}, {}
    for plan in (THREE_PARTIES, SETUP, LATE, ON_FAILURE):
        s = scenarios[plan["name"]] = Scenario(plan).run()
        note = NOTES[s.name]
        files[f"round/{s.name}.json"] = ("QSA-1 epoch", note, [test(note, inputs(s), expected(s))])
    return scenarios, files
