public import CryptoPrimitives
internal import WireFormat

/// What stands before the body of every frame: who says what, in which session and round.
///
/// Source: WIRE section 2
public struct FrameHeader: Hashable, Sendable {
    /// Bytes of an encoded header.
    public static let byteCount = 60
    /// The wire version that this library speaks.
    public static let version: UInt16 = 1
    /// The one suite of version 1: ristretto255, X25519, Ed25519, XChaCha20-Poly1305, BLAKE2b.
    public static let suite: UInt16 = 1
    static let magic: UInt32 = 0x3141_5351  // "QSA1", read as a little-endian word

    /// The kind of frame.
    public let type: FrameType
    /// Who sends it.
    public let sender: PeerID
    /// The session; zero before there is one.
    public let session: Digest
    /// The round, or the epoch's first round during set-up.
    public let round: UInt64

    /// Names a frame's kind, sender and context.
    public init(_ type: FrameType, sender: PeerID, session: Digest, round: UInt64) {
        self.type = type
        self.sender = sender
        self.session = session
        self.round = round
    }
}

/// One message as it travels: header, body and, for most types, the sender's Ed25519 signature over both.
///
/// A frame that exists has a well-formed header and the exact length; whether its signature is right is a question of
/// its own, because the answer needs a key and costs a group operation.
///
/// Source: WIRE section 2
public struct Frame: Hashable, Sendable {
    /// The decoded header.
    public let header: FrameHeader
    /// The whole frame, byte for byte.
    public let bytes: [UInt8]
    private let bodyEnd: Int

    /// The message inside.
    public var body: ArraySlice<UInt8> { bytes[FrameHeader.byteCount..<bodyEnd] }

    /// Decodes the header and checks the length; copies nothing and trusts nothing.
    ///
    /// - Throws: `truncated`, `badMagic`, `unsupportedVersion`, `nonCanonical`, `messageTooLarge`, `trailingData`.
    public init(_ bytes: [UInt8]) throws(Abort) {
        var reader = ByteReader(bytes)
        let fields = try Abort.decoding(.frame, from: .nobody) { () throws(DecodingFailure) in
            (
                magic: try reader.u32(), version: try reader.u16(), type: try reader.u16(), suite: try reader.u16(),
                reserved: try reader.u16(), sender: try reader.u32(), session: try reader.bytes32(),
                round: try reader.u64(), length: try reader.u32()
            )
        }
        try Abort.require(fields.magic == FrameHeader.magic, .badMagic, .frame)
        try Abort.require(fields.version == FrameHeader.version, .unsupportedVersion, .frame)
        try Abort.require(fields.suite == FrameHeader.suite, .unsupportedVersion, .frame)
        guard let type = FrameType(rawValue: fields.type) else { throw Abort(.unexpectedMessage, .frame) }
        let sender = PeerID(rawValue: fields.sender)
        try Abort.require(fields.reserved == 0, .nonCanonical, type.stage, peer: sender)
        let length = Int(fields.length)
        try Abort.require(length <= type.maximumBodyBytes, .messageTooLarge, type.stage, peer: sender)
        let expected = length + (type.isSigned ? Signature.byteCount : 0)
        try Abort.require(reader.remaining >= expected, .truncated, type.stage, peer: sender)
        try Abort.require(reader.remaining == expected, .trailingData, type.stage, peer: sender)
        header = FrameHeader(type, sender: sender, session: Digest(fields.session), round: fields.round)
        self.bytes = bytes
        bodyEnd = FrameHeader.byteCount + length
    }

    /// Writes and, when the type is a signed one, signs a frame.
    package init(_ header: FrameHeader, body: [UInt8], key: borrowing SigningKey) {
        var bytes = Self.unsignedBytes(header, body: body)
        bodyEnd = bytes.count
        if header.type.isSigned { bytes += key.sign(bytes).bytes }
        self.header = header
        self.bytes = bytes
    }

    /// Writes a frame of one of the types that carry no signature.
    package init(unsigned header: FrameHeader, body: [UInt8]) {
        precondition(!header.type.isSigned)
        self.header = header
        bytes = Self.unsignedBytes(header, body: body)
        bodyEnd = bytes.count
    }

    /// Puts a frame together from its parts, as when a signature arrived without the bytes that it signs.
    package init(_ header: FrameHeader, body: [UInt8], signature: Signature) {
        self.header = header
        let unsigned = Self.unsignedBytes(header, body: body)
        bodyEnd = unsigned.count
        bytes = unsigned + signature.bytes
    }

    /// Whether the signature over header and body is the key's.
    ///
    /// - Complexity: one Ed25519 verification and one pass over the bytes.
    public func isSigned(by key: VerifyingKey) -> Bool {
        guard let signature = Signature(bytes[bodyEnd...]) else { return false }
        return key.isValid(signature, for: bytes[..<bodyEnd])
    }

    /// That the frame is signed by the key; nil when it has no signature.
    func claim(by key: VerifyingKey) -> SignatureClaim? {
        signature.map { SignatureClaim($0, by: key, over: bytes[..<bodyEnd]) }
    }

    /// The signature, nil for a type that has none.
    package var signature: Signature? { Signature(bytes[bodyEnd...]) }

    /// What the frame hashes to, without its signature: signatures are not unique, messages are.
    public var digest: Digest {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe Blake2b.hash(
                UnsafeRawBufferPointer(rebasing: bytes[..<bodyEnd]), Personalisation("QSA1 frame"))
        }
    }

    private static func unsignedBytes(_ header: FrameHeader, body: [UInt8]) -> [UInt8] {
        var writer = headed(header, bodyBytes: body.count, reserving: body.count + Signature.byteCount)
        writer.raw(body)
        return writer.bytes
    }

    /// What stands before the bytes of an unsigned frame whose body is a number and then `byteCount` bytes.
    static func unsignedHead(_ header: FrameHeader, number: UInt32, byteCount: Int) -> [UInt8] {
        precondition(!header.type.isSigned)
        var writer = headed(header, bodyBytes: 4 + byteCount, reserving: 4)
        writer.u32(number)
        return writer.bytes
    }

    /// A header, with room for the rest.
    private static func headed(_ header: FrameHeader, bodyBytes: Int, reserving room: Int) -> ByteWriter {
        var writer = ByteWriter(reserving: FrameHeader.byteCount + room)
        writer.u32(FrameHeader.magic)
        writer.u16(FrameHeader.version)
        writer.u16(header.type.rawValue)
        writer.u16(FrameHeader.suite)
        writer.u16(0)
        writer.u32(header.sender.rawValue)
        writer.bytes32(header.session.value)
        writer.u64(header.round)
        writer.u32(UInt32(bodyBytes))
        return writer
    }
}
