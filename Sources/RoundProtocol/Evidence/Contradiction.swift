internal import WireFormat

/// The pairs of statements that no honest party makes.
///
/// Source: evidence section 2
package enum Contradiction {
    /// What two frames of one sender prove, in either order; their signatures have been checked.
    package static func between(_ first: Frame, _ second: Frame) -> Misconduct? {
        if let slot = StatementSlot(first), slot == StatementSlot(second) {
            return first.digest == second.digest ? nil : .equivocation
        }
        guard first.header.session == second.header.session, first.header.round == second.header.round else {
            return nil
        }
        switch (first.header.type, second.header.type) {
        case (.acknowledgement, .survivors): return excludes(second, first) ? .excludedAfterAcknowledgement : nil
        case (.survivors, .acknowledgement): return excludes(first, second) ? .excludedAfterAcknowledgement : nil
        case (.survivors, .unmaskRequest): return conflicts(first, second) ? .conflictingRequest : nil
        case (.unmaskRequest, .survivors): return conflicts(second, first) ? .conflictingRequest : nil
        default: return nil
        }
    }

    /// Whether a survivor list leaves out the participant whose upload was acknowledged.
    private static func excludes(_ survivors: Frame, _ acknowledgement: Frame) -> Bool {
        guard let promise = try? Acknowledgement(decoding: acknowledgement.body) else { return false }
        let readings = bitmapSizes(survivors).compactMap {
            try? SurvivorList(decoding: survivors.body, participants: $0)
        }
        return !readings.isEmpty
            && readings.allSatisfy { !$0.inputs.contains { $0.header.sender == promise.participant } }
    }

    /// Whether a request is for another agreement than the list proposed.
    private static func conflicts(_ survivors: Frame, _ request: Frame) -> Bool {
        let readings = bitmapSizes(survivors).compactMap { count -> (Agreement, Agreement)? in
            guard let list = try? SurvivorList(decoding: survivors.body, participants: count),
                let asked = try? UnmaskRequest(decoding: request.body, participants: count)
            else { return nil }
            return (list.agreement, asked.agreement)
        }
        return !readings.isEmpty && readings.allSatisfy { $0.0 != $0.1 }
    }

    /// Sizes of a session for which the list might decode: a third party does not know the session. One size for each
    /// number of bytes of the bitmap is enough, the largest; the unused bits are zero for the true size and so for this
    /// one. A pair convicts only if it does under every reading that there is.
    private static func bitmapSizes(_ survivors: Frame) -> [Int] {
        let body = survivors.body
        var sizes: [Int] = []
        for bytes in 1...Bitmap.byteCount(for: Roster.maximumCount) {
            let rest = body.count - 64 - bytes
            guard rest > 0 else { break }
            if rest % MaskedInput.frameBytes == 0 { sizes.append(8 * bytes) }
        }
        return sizes
    }
}
