extension TurbofanFleet {
    /// The same engines under a rule that takes them out of service `cycles` before they would fail: later rows are dropped, and
    /// remaining lives count to retirement. Engines of which no row is left are left out. Precondition: not negative.
    /// Source: cmapss section 4
    public func retired(cyclesEarly cycles: Int) -> TurbofanFleet {
        precondition(cycles >= 0, "a retirement after the end")
        if cycles == 0 { return self }
        var result = TurbofanFleet()
        for engine in engines {
            let dropped = max(0, cycles - engine.lifeAfterLastRow)
            guard engine.rows.count > dropped else { continue }
            result.append(
                engine, rows: engine.rows.dropLast(dropped), life: max(0, engine.lifeAfterLastRow - cycles), of: self)
        }
        return result
    }
}
