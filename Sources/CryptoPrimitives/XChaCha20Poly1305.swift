internal import CSodium

/// Authenticated encryption with associated data; nonces are random, 24 bytes, and travel with the box.
///
/// A box is nonce || ciphertext || tag: 40 bytes more than the plaintext.
///
/// Source: libsodium "XChaCha20-Poly1305 construction"
public enum XChaCha20Poly1305 {
    /// The number of bytes of a key: 32.
    public static let keyBytes = 32
    /// The number of bytes of a nonce: 24.
    public static let nonceBytes = 24
    /// The number of bytes of a tag: 16.
    public static let tagBytes = 16

    /// Seals `plaintext` under a 32-byte `key` with a nonce drawn from `source`; gives nonce || ciphertext || tag.
    public static func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: [UInt8], key: UnsafeRawBufferPointer,
        nonceFrom source: inout any RandomSource
    ) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: nonceBytes)
        unsafe nonce.withUnsafeMutableBytes { unsafe source.fill($0) }
        return unsafe seal(plaintext, associatedData: associatedData, key: key, nonce: nonce)
    }

    /// Seals with a given 24-byte nonce.
    ///
    /// > Important: a nonce used twice under one key gives both plaintexts away; this is for known-answer tests.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer, associatedData: [UInt8], key: UnsafeRawBufferPointer, nonce: [UInt8]
    ) -> [UInt8] {
        Sodium.require()
        precondition(key.count == keyBytes, "an XChaCha20-Poly1305 key has 32 bytes")
        precondition(nonce.count == nonceBytes, "an XChaCha20-Poly1305 nonce has 24 bytes")
        let total = nonceBytes + plaintext.count + tagBytes
        return unsafe [UInt8](unsafeUninitializedCapacity: total) { box, written in
            unsafe _ = box.update(fromContentsOf: nonce)
            guard let start = box.baseAddress else { preconditionFailure("a box without memory") }
            let code = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                start + nonceBytes, nil, plaintext.optionalBytePointer, UInt64(plaintext.count), associatedData,
                UInt64(associatedData.count), nil, nonce, key.bytePointer)
            precondition(code == 0, "XChaCha20-Poly1305 sealing failed")
            written = total
        }
    }

    /// Seals, where it stands, a message that begins behind `nonceBytes` bytes of room, with a nonce from `source`: the array becomes
    /// what `seal` gives, and with room for a tag behind its end it is not moved.
    package static func sealInPlace(
        _ box: inout [UInt8], associatedData: [UInt8], key: UnsafeRawBufferPointer,
        nonceFrom source: inout any RandomSource
    ) {
        Sodium.require()
        precondition(key.count == keyBytes, "an XChaCha20-Poly1305 key has 32 bytes")
        precondition(box.count >= nonceBytes, "there is room for the nonce")
        let messageBytes = box.count - nonceBytes
        box.append(contentsOf: repeatElement(0, count: tagBytes))
        unsafe box.withUnsafeMutableBytes { box in
            unsafe source.fill(UnsafeMutableRawBufferPointer(rebasing: box[..<nonceBytes]))
            let message = unsafe box.bytePointer + nonceBytes
            // libsodium takes one address for message and ciphertext.
            let code = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                message, nil, message, UInt64(messageBytes), associatedData, UInt64(associatedData.count), nil,
                box.bytePointer, key.bytePointer)
            precondition(code == 0, "XChaCha20-Poly1305 sealing failed")
        }
    }

    /// Opens nonce || ciphertext || tag; the plaintext comes in guarded memory, and only when the tag is right.
    ///
    /// - Throws: `invalidLength` below 40 bytes; `noGuardedMemory`; `authenticationFailed` in every other case.
    public static func open(
        _ box: UnsafeRawBufferPointer, associatedData: [UInt8], key: UnsafeRawBufferPointer
    ) throws(CryptoFailure) -> SecretBytes {
        Sodium.require()
        precondition(key.count == keyBytes, "an XChaCha20-Poly1305 key has 32 bytes")
        guard box.count >= nonceBytes + tagBytes else { throw .invalidLength }
        var plaintext = try SecretBytes(granted: box.count - nonceBytes - tagBytes)
        let code = unsafe plaintext.withMutableBytePointer { plaintext in
            unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                plaintext, nil, nil, box.bytePointer + nonceBytes, UInt64(box.count - nonceBytes), associatedData,
                UInt64(associatedData.count), box.bytePointer, key.bytePointer)
        }
        guard secagg_verdict(code) == 0 else { throw .authenticationFailed }
        return plaintext
    }

    /// Opens a box that a decoder cut out of a message; as `open` over memory.
    public static func open(
        _ box: ArraySlice<UInt8>, associatedData: [UInt8], key: UnsafeRawBufferPointer
    ) throws(CryptoFailure) -> SecretBytes {
        try unsafe box.span.bytes.withUnsafeBytes { (box) throws(CryptoFailure) in
            try unsafe open(box, associatedData: associatedData, key: key)
        }
    }
}
