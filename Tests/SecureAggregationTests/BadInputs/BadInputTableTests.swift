import Testing

/// The table of bad inputs, a row each, at the machines of the masking protocol: code, stage and peer are the expected
/// ones, no value travels in an error, and a refused call leaves the state byte-identical.
@Suite struct BadInputTableTests {
    @Test(arguments: BadInput.frames) func frame(_ row: BadInput) throws { try row.prepare().check(row) }
    @Test(arguments: BadInput.configurations) func configuration(_ row: BadInput) throws {
        try row.prepare().check(row)
    }
    @Test(arguments: BadInput.keys) func keys(_ row: BadInput) throws { try row.prepare().check(row) }
    @Test(arguments: BadInput.shares) func shares(_ row: BadInput) throws { try row.prepare().check(row) }
    @Test(arguments: BadInput.inputs) func maskedInput(_ row: BadInput) throws { try row.prepare().check(row) }
    @Test(arguments: BadInput.requests) func unmaskRequest(_ row: BadInput) throws { try row.prepare().check(row) }
    @Test(arguments: BadInput.responses) func unmaskResponse(_ row: BadInput) throws { try row.prepare().check(row) }
    @Test(arguments: BadInput.records) func stateRecord(_ row: BadInput) throws { try row.prepare().check(row) }

    /// Every number of the table that concerns this library is in a row; the others are named with their place.
    @Test func everyCaseHasARow() {
        let rows =
            BadInput.frames + BadInput.configurations + BadInput.keys + BadInput.shares + BadInput.inputs
            + BadInput.requests + BadInput.responses + BadInput.records
        let elsewhere = Set([20, 21, 22, 27, 51, 55, 56, 57, 58, 71, 72, 73, 74, 77, 78, 79, 80])
        #expect(Set(rows.map(\.number)).union(elsewhere) == Set(1...80))
        #expect(Set(rows.map(\.number)).isDisjoint(with: elsewhere))
        #expect(Set(rows.map(\.testDescription)).count == rows.count, "a row is there once")
    }

    /// Case 51: the same upload again is acknowledged again, byte for byte, and changes nothing.
    @Test func case51TheSameInputTwice() throws {
        let bench = try ProtocolBench.upTo(.survivors)
        let before = bench.server.machine.fingerprint
        let promise = try bench.sent(.maskedInput, from: 2)
        let effects = try bench.server.machine.handle(promise, at: bench.now)
        let said = try bench.sent(.acknowledgement, from: .coordinator, to: 2)
        #expect(effects.sentBytes == [said])
        for part in bench.sent where part.from == 2 && (part.type == .chunkRoots || part.type == .chunk) {
            #expect(try bench.server.machine.handle(part.bytes, at: bench.now).isEmpty)
        }
        #expect(bench.server.machine.fingerprint == before)
        try bench.finishExactly([0, 1, 2, 3, 4, 5])
    }
}
