"""A whole epoch, run between one coordinator and its participants, with every frame and intermediate value kept."""

import hashlib

import ring
import wire
from coordinator import Coordinator
from participant import Participant
from primitives import identity_public, keystream
from wire import COORDINATOR

ADVERTISE_DEADLINE, DEAL_DEADLINE = 1000, 2000


def fixed(label):
    """32 fixed bytes for a label: plain BLAKE2b-256 of its ASCII."""
    return hashlib.blake2b(label.encode("ascii"), digest_size=32).digest()


def ring_values(label, count, bound):
    """`count` integers in -bound...bound, the first and the last of them the extremes."""
    raw = keystream(fixed(label), 4 * count)
    values = [int.from_bytes(raw[4 * i:4 * i + 4], "little") % (2 * bound + 1) - bound for i in range(count)]
    return [bound] + values[1:-1] + [-bound]


class Scenario:
    """`plan`: the dictionary of an epoch (see round_vectors.py)."""

    def __init__(self, plan):
        self.plan, self.name = plan, plan["name"]
        self.size = plan["roster"]
        self.seeds = [fixed(f"{self.name} identity {i}") for i in range(self.size)]
        self.coordinator_seed = fixed(f"{self.name} identity coordinator")
        self.keys = [identity_public(seed) for seed in self.seeds]
        self.coordinator_key = identity_public(self.coordinator_seed)
        self.randomness = [fixed(f"{self.name} randomness {i}") for i in range(self.size)]
        self.inputs = [{r["round"]: ring_values(f"{self.name} input {i} round {r['round']}", plan["dimension"],
                                                plan["valueBound"]) for r in plan["rounds"]} for i in range(self.size)]
        self.proposal = {
            "epoch": plan["epoch"], "rosterDigest": wire.roster_digest(self.keys, self.coordinator_key),
            "rounds": plan["epochRounds"], "colluders": plan["colluders"], "thresholdRule": plan["thresholdRule"],
            "explicitThreshold": plan["explicitThreshold"], "maskSuites": plan.get("maskSuites", 1), "graph": 0, "neighbours": 0,
            "windowFloor": 0, "shareCheck": plan["shareCheck"], "advertiseDeadline": ADVERTISE_DEADLINE,
            "dealDeadline": DEAL_DEADLINE,
        }
        self.transcript, self.time = [], 0

    def participant(self, id):
        """A fresh participant at the very beginning."""
        return Participant(id, self.seeds[id], self.keys, self.coordinator_key, self.randomness[id], self.inputs[id],
                           self.plan["minimumHonest"], self.plan.get("maskSuites", 1))

    def config(self, item):
        plan = self.plan
        base = item["deadlines"]
        return {
            "modelDigest": fixed(f"{self.name} model round {item['round']}"), "schemaDigest": fixed("schema"),
            "parametersDigest": fixed("parameters"), "dimension": plan["dimension"], "ringBits": plan["bits"],
            "valueBound": plan["valueBound"], "weightCap": 1, "noiseTail": 0, "noiseVariance": 0,
            "minimumSurvivors": plan["minimumSurvivors"], "receiptsRequired": plan["receiptsRequired"],
            "inputDeadline": base[0], "survivorDeadline": base[1], "unmaskDeadline": base[2],
        }

    def record(self, frame, to):
        self.transcript.append({"step": len(self.transcript), "time": self.time, "from": frame.sender,
                                "to": list(to), "type": frame.type, "name": wire.NAMES[frame.type],
                                "frame": frame.bytes})

    def broadcast(self, frame, to, reach):
        """Coordinator to `to`, processed by those of `to` in `reach`: (id, answers)."""
        self.record(frame, to)
        return [(i, self.people[i].receive(frame.bytes)) for i in to if i in reach]

    def hand_in(self, sender, frames):
        """Participant to coordinator; the coordinator's direct answers go back."""
        for frame in frames:
            self.record(frame, [COORDINATOR])
            for answer in self.coordinator.receive(frame.bytes):
                self.record(answer, [sender])
                self.people[sender].receive(answer.bytes)

    def wait(self, complete, deadline):
        """The clock moves to the deadline only when somebody is missing."""
        self.time = self.time if complete else max(self.time, deadline)

    def run(self):
        plan = self.plan
        self.coordinator = Coordinator(self.coordinator_seed, self.keys, self.proposal, plan["firstRound"])
        self.people = {i: self.participant(i) for i in range(self.size)}
        everyone = list(range(self.size))
        quiet = plan["silence"]
        present = [i for i in everyone if quiet.get(i) != "none"]
        for i, frames in self.broadcast(self.coordinator.propose(), everyone, present):
            self.hand_in(i, frames)
        self.wait(present == everyone, ADVERTISE_DEADLINE)
        dealers = [i for i in present if quiet.get(i) != "Advertise"]
        for i, frames in self.broadcast(self.coordinator.close_advertise(), present, dealers):
            self.hand_in(i, frames)
        self.wait(dealers == present, DEAL_DEADLINE)
        answers = []
        for recipient, frame in self.coordinator.close_deal():
            answers += self.broadcast(frame, [recipient], dealers)
        for i, frames in answers:
            self.hand_in(i, frames)
        for item in plan["rounds"]:
            self.run_round(item)
        return self

    def run_round(self, item):
        number, quiet, deadlines = item["round"], item["silence"], item["deadlines"]
        c = self.coordinator
        config = c.announce(number, self.config(item))
        cohort = c.rounds[number].cohort
        active = [i for i in cohort if quiet.get(i) != "none"]
        for i, frames in self.broadcast(config, cohort, active):
            self.hand_in(i, frames)
        self.wait(active == cohort, deadlines[0])
        alive = [i for i in active if quiet.get(i) != "Chunk"]
        for i, frames in self.broadcast(c.close_inputs(number), cohort, alive):
            self.hand_in(i, frames)
        self.wait(alive == active, deadlines[1])
        last = [i for i in alive if quiet.get(i) != "SurvivorStatement"]
        for i, frames in self.broadcast(c.close_statements(number), alive, last):
            self.hand_in(i, frames)
        # The sum opens as soon as each secret has t shares: no waiting for those who are silent.
        for frame in c.finish(number):
            self.broadcast(frame, alive, last)
        self.check(number, active, last)

    def check(self, number, active, last):
        """The recovered sum is the plain sum, for the coordinator and for everyone who followed to the end."""
        state = self.coordinator.rounds[number]
        plain = [sum(column) for column in zip(*(self.inputs[i][number] for i in active))]
        assert state.survivors == active
        assert ring.unpack(self.plan["bits"], self.plan["dimension"], state.total) == plain
        for i in last:
            assert self.people[i].sum(number) == plain
        state.plain_sum = plain
