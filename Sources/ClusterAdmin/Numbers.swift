#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A number as C's `printf` writes it with `%.2f`.
func twoDecimals(_ value: Float) -> String {
    let size = 64
    var bytes = [CChar](repeating: 0, count: size)
    let count = withVaList([Double(value)]) { vsnprintf(&bytes, size, "%.2f", $0) }
    return String(
        decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
