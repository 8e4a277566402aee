"""A transcript replayed up to a step, and a faulty frame tried there."""

import wire
from coordinator import Coordinator
from layout import test
from wire import COORDINATOR, Frame


class Bench:
    """Makes tests from one scenario's transcript."""

    def __init__(self, scenario, tests):
        self.s, self.tests = scenario, tests
        self.session = scenario.coordinator.session
        self.first = scenario.plan["firstRound"]

    def step(self, name, to=None, sender=None):
        """The number of the first step with that name."""
        for item in self.s.transcript:
            if item["name"] == name and (to is None or to in item["to"]) and sender in (None, item["from"]):
                return item["step"]
        raise AssertionError(name)

    def frame(self, name, to=None, sender=None):
        return wire.parse(self.s.transcript[self.step(name, to, sender)]["frame"])

    def seed(self, sender):
        return self.s.coordinator_seed if sender == COORDINATOR else self.s.seeds[sender]

    def remade(self, frame, body=None, **fields):
        """The same frame with other fields, signed again by its sender."""
        out = Frame(frame.type, frame.sender, frame.session, frame.round, frame.body if body is None else body)
        for name, value in fields.items():
            setattr(out, name, value)
        return out.signed(self.seed(out.sender))

    def state_at(self, recipient, after):
        """The recipient after the first `after` steps."""
        if recipient == COORDINATOR:
            return self.coordinator_at(after)
        person = self.s.participant(recipient)
        for item in self.s.transcript[:after]:
            if recipient in item["to"]:
                person.receive(item["frame"])
        return person

    def coordinator_at(self, after):
        c = Coordinator(self.s.coordinator_seed, self.s.keys, self.s.proposal, self.first)
        plans = {r["round"]: r for r in self.s.plan["rounds"]}
        done = set()
        for item in self.s.transcript[:after]:
            name, round = item["name"], wire.parse(item["frame"]).round
            if item["from"] != COORDINATOR:
                c.receive(item["frame"])
            elif (name, round) not in done:
                done.add((name, round))
                if name == "EpochProposal":
                    c.propose()
                elif name == "AdvertiseList":
                    c.close_advertise()
                elif name == "Delivery":
                    c.close_deal()
                elif name == "RoundConfig":
                    c.announce(round, self.s.config(plans[round]))
                elif name == "Survivors":
                    c.close_inputs(round)
                elif name == "UnmaskRequest":
                    c.close_statements(round)
                elif name == "Result":
                    c.finish(round)
        return c

    def refuse(self, comment, recipient, after, frame, error, peer=None):
        """The whole frame is refused and the state stays: the true next frame is still accepted."""
        data = frame if isinstance(frame, bytes) else frame.bytes
        state = self.state_at(recipient, after)
        try:
            state.receive(data)
        except wire.Refused as refusal:
            assert refusal.error == error, f"{comment}: {refusal} instead of {error}"
            assert peer is None or refusal.peer == peer, f"{comment}: {refusal}"
        else:
            raise AssertionError(f"{comment}: accepted")
        following = self.s.transcript[after]
        if recipient in following["to"]:
            state.receive(following["frame"])
        self.append(comment, recipient, after, data, error, "frameRefused", peer)

    def exclude(self, comment, recipient, after, frame, error, dealer):
        """The frame is processed, the dealer is left out of the receipt."""
        state = self.state_at(recipient, after)
        receipt = state.receive(frame.bytes)[0]
        assert state.refusals == {dealer: error}, f"{comment}: {state.refusals}"
        self.append(comment, recipient, after, frame.bytes, error, "dealerExcluded", dealer,
                    {"receiptSeats": state.receipt_seats, "receiptFrame": receipt.bytes})

    def append(self, comment, recipient, after, data, error, effect, peer, expected=None):
        inputs = {"transcript": self.s.name, "recipient": recipient, "after": after, "frame": data}
        more = {"effect": effect}
        if peer is not None:
            more["peer"] = peer
        self.tests.append(test(comment, inputs, expected, error=error, **more))
