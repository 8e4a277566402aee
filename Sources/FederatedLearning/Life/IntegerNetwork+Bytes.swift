/// Why bytes are no 8-bit network; payloads are sizes and positions.
public enum IntegerNetworkFailure: Error, Equatable, Sendable {
    /// They end too soon.
    case truncated
    /// They do not begin as an export does.
    case notAnExport
    /// A format that this version does not read.
    case unsupportedVersion(found: Int)
    /// They are of another network.
    case layoutMismatch
    /// A scale that is negative or no number, a bias that is none, or a weight of -128, at this byte.
    case outOfRange(offset: Int)
    /// Something stands behind the last layer.
    case trailingBytes(count: Int)
}

extension IntegerNetwork {
    private static let magic: [UInt8] = [0x50, 0x46, 0x49, 0x38]
    private static let version: UInt16 = 1
    private static let headerBytes = 14

    /// How many bytes `bytes` has: one a weight, eight a row, 14 before them.
    public var byteCount: Int { Self.headerBytes + layers.reduce(0) { $0 + $1.weights.count + 8 * $1.scales.count } }

    /// The size of the export relative to 32-bit floats.
    public var sizeRatio: Double { Double(byteCount) / Double(4 * network.layout.parameterCount) }

    /// The export: `PFI8`, version (16 bits), the layout's signature (64 bits), then row by row scale, bias (32-bit floats) and
    /// weights; little-endian.
    public var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(byteCount)
        func write(_ value: some FixedWidthInteger) {
            for shift in stride(from: 0, to: value.bitWidth, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        write(Self.version)
        write(network.layout.signature)
        for layer in layers {
            for row in layer.scales.indices {
                write(layer.scales[row].bitPattern)
                write(layer.biases[row].bitPattern)
                for weight in layer.weights[(row * layer.inputs)..<((row + 1) * layer.inputs)] { write(weight) }
            }
        }
        return bytes
    }

    /// Reads an export of this network; allocates no more than the network needs.
    ///
    /// The signature tells networks apart by accident, not against malice: where the bytes come from is for the caller to know.
    public init(bytes: [UInt8], network: MLP) throws(IntegerNetworkFailure) {
        guard bytes.count >= 4 else { throw .truncated }
        guard Array(bytes[..<4]) == Self.magic else { throw .notAnExport }
        var place = 4
        func number<Number: FixedWidthInteger>(_: Number.Type) throws(IntegerNetworkFailure) -> Number {
            let width = Number.bitWidth / 8
            guard bytes.count - place >= width else { throw .truncated }
            var value: Number = 0
            for index in 0..<width { value |= Number(truncatingIfNeeded: bytes[place + index]) << (8 * index) }
            place += width
            return value
        }
        let version = try number(UInt16.self)
        guard version == Self.version else { throw .unsupportedVersion(found: Int(version)) }
        guard try number(UInt64.self) == network.layout.signature else { throw .layoutMismatch }
        var layers: [Layer] = []
        for dense in network.trunk + network.headLayers {
            guard bytes.count - place >= dense.outputs * (dense.inputs + 8) else { throw .truncated }
            var layer = Layer(inputs: dense.inputs, weights: [], scales: [], biases: [])
            for _ in 0..<dense.outputs {
                let start = place
                let scale = Float(bitPattern: try number(UInt32.self))
                let bias = Float(bitPattern: try number(UInt32.self))
                guard scale.isFinite, scale.sign == .plus, bias.isFinite else { throw .outOfRange(offset: start) }
                layer.scales.append(scale)
                layer.biases.append(bias)
                for byte in bytes[place..<(place + dense.inputs)] {
                    let weight = Int8(bitPattern: byte)
                    guard weight != .min else { throw .outOfRange(offset: place) }
                    layer.weights.append(weight)
                    place += 1
                }
            }
            layers.append(layer)
        }
        guard place == bytes.count else { throw .trailingBytes(count: bytes.count - place) }
        self.init(network, layers: layers)
    }
}
