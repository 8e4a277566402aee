internal import CryptoPrimitives
internal import RingVectors
internal import WireFormat

/// The most values, or bytes, that a test may ask for; far above what the files hold.
let largestTestVector = 1 << 24

/// `ring/lane_packing.json`.
struct LaneVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let bits = try inputs.integer("bits", 0...1_024)
        let layout = try mappingRing { () throws(RingFailure) in try LaneLayout(bits: bits) }
        switch try inputs.text("operation") {
        case "pack":
            let values = try inputs.decimals("values")
            let vector = try mappingRing { () throws(RingFailure) in
                try PackedVector(packing: values, layout: layout)
            }
            guard vector.signedValues() == values else { throw VectorFault.malformed("unpacking gives other values") }
            return VectorAnswer([
                "lanes": .count(layout.lanes), "wordCount": .count(vector.wordCount),
                "words": .hex(vector.littleEndianBytes()),
            ])
        case "unpack":
            let vector = try vector(inputs, "words", layout)
            return VectorAnswer(["values": .decimals(vector.signedValues())])
        case let operation:
            guard operation == "add" || operation == "subtract" else {
                throw inputs.fault("operation", "is unknown")
            }
            var left = try vector(inputs, "left", layout)
            let right = try vector(inputs, "right", layout)
            try mappingRing { () throws(RingFailure) in
                if operation == "add" { try left.add(right) } else { try left.subtract(right) }
            }
            return VectorAnswer(["words": .hex(left.littleEndianBytes()), "values": .decimals(left.signedValues())])
        }
    }

    private func vector(
        _ inputs: VectorFields, _ key: String, _ layout: LaneLayout
    ) throws(VectorFault) -> PackedVector {
        let count = try inputs.integer("count", 0...largestTestVector)
        let bytes = try inputs.bytes(key)
        return try mappingRing { () throws(RingFailure) in
            try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(RingFailure) in
                try unsafe PackedVector(littleEndianBytes: bytes, count: count, layout: layout)
            }
        }
    }
}

/// `ring/fixed_point_codec.json`.
struct FixedPointVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let operation = try inputs.text("operation")
        let rounding = operation == "dequantise" ? "nearest" : try inputs.text("rounding")
        guard rounding == "nearest" || rounding == "stochastic" else { throw inputs.fault("rounding", "is unknown") }
        let (scale, clip) = (try inputs.double("scale"), try inputs.double("clip"))
        let codec = try mappingRing { () throws(RingFailure) in
            try FixedPointCodec(scale: scale, clip: clip, rounding: rounding == "nearest" ? .nearest : .stochastic)
        }
        if operation == "dequantise" {
            let values = codec.dequantise(try inputs.decimals("integers"))
            return VectorAnswer(["values": .array(values.map { .hex($0) })])
        }
        guard operation == "quantise" else { throw inputs.fault("operation", "is unknown") }
        let values = try inputs.doubles("values")
        let key = rounding == "stochastic" ? try inputs.bytes("key", count: 32) : []
        let type = try inputs.text("inputType")
        guard type == "float32" || type == "float64" else { throw inputs.fault("inputType", "is unknown") }
        let isSingle = type == "float32"
        let made = try PlayedBytes.play(key, for: "the key") {
            (source: inout any RandomSource) throws(VectorFault) -> (values: [Int64], clipped: Int) in
            do throws(RingFailure) {
                if isSingle { return try codec.quantise(values.map { Float($0) }, from: &source) }
                return try codec.quantise(values, from: &source)
            } catch {
                throw VectorFault(error)
            }
        }
        return VectorAnswer([
            "integers": .decimals(made.values), "clipped": .count(made.clipped),
            "valueBound": .string(String(codec.valueBound)),
        ])
    }
}
