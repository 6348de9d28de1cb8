/// A text about nodes that is being written: CLUSTER NODES, nodes.conf. The latter is written with every slot that
/// moves, so that this makes no texts on the way.
struct NodesText {
    private var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(2048)
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func write(_ separator: String, _ text: String) {
        write(separator)
        write(text)
    }

    mutating func write(_ separator: String, _ number: Int) { write(separator, Int64(number)) }

    mutating func write(_ separator: String, _ number: Int64) {
        write(separator)
        if number < 0 { write("-") }
        write(digitsOf: number.magnitude)
    }

    mutating func write(_ separator: String, _ epoch: UInt64) {
        write(separator)
        write(digitsOf: epoch)
    }

    private mutating func write(digitsOf number: UInt64) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    mutating func write(_ id: NodeID) { bytes.append(contentsOf: id.digits) }

    /// Writes a blank and the flags that are shown.
    mutating func write(_ flags: Peer.Flags) {
        var separator = " "
        for (flag, name) in Peer.Flags.names where flags.contains(flag) {
            write(separator, name)
            separator = ","
        }
        if separator == " " { write(" noflags") }
    }
}
