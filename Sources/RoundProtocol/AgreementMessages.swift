package import CryptoPrimitives
package import WireFormat

/// The proposed survivor set with every survivor's signed input frame.
///
/// Source: WIRE section 7
package struct SurvivorList: Sendable {
    package let agreement: Agreement
    package let inputs: [Frame]

    package static func encoded(_ agreement: Agreement, inputs: [Frame]) -> [UInt8] {
        var writer = ByteWriter(reserving: 80 + inputs.count * MaskedInput.frameBytes)
        agreement.write(to: &writer)
        for input in inputs { writer.raw(input.bytes) }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(Abort) {
        var reader = ByteReader(body)
        agreement = try Abort.decoding(.survivors, from: .coordinator) { () throws(DecodingFailure) in
            try Agreement(reading: &reader, participants: participants)
        }
        var inputs: [Frame] = []
        for _ in 0..<agreement.survivors.population {
            let bytes = try Abort.decoding(.survivors, from: .coordinator) { () throws(DecodingFailure) in
                try reader.raw(MaskedInput.frameBytes)
            }
            inputs.append(try Frame([UInt8](bytes)))
        }
        self.inputs = inputs
        let rest = reader
        try Abort.decoding(.survivors, from: .coordinator) { () throws(DecodingFailure) in try rest.finish() }
    }
}

/// The agreement and the signatures under it.
///
/// Source: WIRE section 7
package struct UnmaskRequest: Sendable {
    package let agreement: Agreement
    package let signatures: [(id: PeerID, signature: Signature)]

    package init(agreement: Agreement, signatures: [(id: PeerID, signature: Signature)]) {
        self.agreement = agreement
        self.signatures = signatures
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 80 + signatures.count * 68)
        agreement.write(to: &writer)
        writer.count(signatures.count)
        for entry in signatures {
            writer.u32(entry.id.rawValue)
            writer.raw(entry.signature.bytes)
        }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(DecodingFailure) {
        var reader = ByteReader(body)
        agreement = try Agreement(reading: &reader, participants: participants)
        let count = try reader.count(limit: participants, elementBytes: 4 + Signature.byteCount)
        var signatures: [(id: PeerID, signature: Signature)] = []
        signatures.reserveCapacity(count)
        for _ in 0..<count {
            let id = PeerID(rawValue: try reader.u32())
            guard let signature = Signature(try reader.raw(Signature.byteCount)) else { throw .invalidValue }
            signatures.append((id, signature))
        }
        self.signatures = signatures
        try reader.finish()
    }
}
