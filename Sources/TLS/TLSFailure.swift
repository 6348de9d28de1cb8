import COpenSSL

/// Why OpenSSL could not do something.
package struct TLSFailure: Error, Hashable, Sendable {
    /// As redis-server logs it: `error:0A000086:SSL routines::certificate verify failed`.
    package let text: String
    /// As redis-cli says it: `certificate verify failed`; nil where there is no more than that it failed.
    package let reason: String?

    /// A failure that did not begin in OpenSSL.
    package init(_ text: String) {
        self.text = text
        reason = text
    }

    /// What OpenSSL says of the last failure of this thread.
    init() {
        reason = openssl_error_reason().map { String(cString: $0) }
        text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.maximumLength) {
            buffer in
            buffer[0] = 0
            openssl_error_text(buffer.baseAddress, buffer.count)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }

    private static let maximumLength = 512
}

/// The OpenSSL of this machine.
package enum OpenSSL {
    /// Loads it.
    package static func load() throws(TLSFailure) {
        guard openssl_load() else {
            throw TLSFailure(
                "TLS needs OpenSSL 3 or 1.1 (Debian's package libssl3): "
                    + String(cString: openssl_load_error()))
        }
    }
}
