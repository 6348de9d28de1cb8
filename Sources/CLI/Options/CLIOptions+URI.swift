extension CLIOptions {
    /// Takes in `redis://[[user:]password@][host[:port]][/database]`, or `rediss://` for TLS.
    mutating func take(uri: [UInt8]) throws(CLIExit) {
        let text = String(decoding: uri, as: UTF8.self).lowercased()
        guard let scheme = ["redis://", "rediss://"].first(where: { text.hasPrefix($0) }) else {
            throw .refused("Invalid URI scheme")
        }
        if scheme == "rediss://" { usesTLS = true }
        var rest = uri.dropFirst(scheme.utf8.count)
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            try takeCredentials(rest[..<at])
            rest = rest[(at + 1)...]
        }
        guard !rest.isEmpty else { return }
        let slash = rest.firstIndex(of: UInt8(ascii: "/"))
        takePlace(rest[..<(slash ?? rest.endIndex)], of: rest)
        guard let slash, slash + 1 < rest.endIndex else { return }
        database = CText.int(Array(rest[(slash + 1)...]))
    }

    private mutating func takeCredentials(_ text: ArraySlice<UInt8>) throws(CLIExit) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
            return password = try Self.percentDecoded(text)
        }
        user = try Self.percentDecoded(text[..<colon])
        password = try Self.percentDecoded(text[(colon + 1)...])
    }

    /// The host keeps what it was when only a path is given.
    private mutating func takePlace(_ place: ArraySlice<UInt8>, of rest: ArraySlice<UInt8>) {
        guard rest.first != UInt8(ascii: "/") else { return }
        let colon = place.firstIndex(of: UInt8(ascii: ":"))
        if let colon { port = CText.int(Array(place[(colon + 1)...])) }
        host = String(decoding: place[..<(colon ?? place.endIndex)], as: UTF8.self)
    }

    private static func percentDecoded(_ text: ArraySlice<UInt8>) throws(CLIExit) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard rest.count > 0 else { throw .refused("Incomplete URI encoding") }
            let digits = rest.prefix(2).compactMap {
                Character(UnicodeScalar($0)).hexDigitValue
            }
            guard digits.count == 2 else {
                throw .refused("Illegal character in URI encoding")
            }
            decoded.append(UInt8(digits[0] * 16 + digits[1]))
            rest.removeFirst(2)
        }
        return decoded
    }
}
