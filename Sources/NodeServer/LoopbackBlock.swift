/// The part of 127.0.0.0/8 in which one lab's containers really listen. Each lab has a block of its own, so that
/// two labs on one machine both have a 172.17.0.2, as two machines would.
///
/// Docker's networks 172.17.0.0 to 172.31.0.0 are 127.17.0.0 to 127.31.0.0 in the first block, 127.33.0.0 to
/// 127.47.0.0 in the second, and so on to the fifteenth. The sixteenth begins at 127.17.16.0: a lab has few
/// containers, and only addresses that somebody chose (`--ip`) could be those of another lab.
package struct LoopbackBlock: Hashable, Sendable {
    /// Which block, from 0.
    package let index: Int

    /// All that there are.
    package static let all = (0..<rows * columns).map(LoopbackBlock.init)

    private static let networks = 17...31
    private static let size = 16
    /// Blocks with the same third number in their addresses, and how many such rows there are.
    private static let columns = 15
    private static let rows = 16

    /// - Parameter index: 0 for the first block.
    package init(index: Int) {
        self.index = index
    }

    /// `127.17.0.2` for `172.17.0.2`; nil for what is no container's address.
    package func real(_ address: String) -> String? {
        guard let parts = Self.parts(of: address, first: 172),
            Self.networks.contains(parts.second)
        else { return nil }
        let third = (parts.third + row * Self.size) % 256
        return "127.\(parts.second + column * Self.size).\(third).\(parts.last)"
    }

    /// `172.17.0.2` for `127.17.0.2`; nil for what no container of the block has.
    package func shown(_ address: String) -> String? {
        guard let parts = Self.parts(of: address, first: 127) else { return nil }
        let network = parts.second - column * Self.size
        guard Self.networks.contains(network) else { return nil }
        return "172.\(network).\((parts.third + 256 - row * Self.size) % 256).\(parts.last)"
    }

    private var column: Int { index % Self.columns }
    private var row: Int { index / Self.columns }

    /// Where the machine is reached from the block's containers. Nobody listens there but those who listen at all of the
    /// machine's addresses, which published ports do, too.
    package var machine: String {
        "127.\(Self.networks.lowerBound + column * Self.size).\(row * Self.size).1"
    }

    /// An address as the machine sees it, whosever container has it; what is no container's is as it is.
    static func shown(_ address: String) -> String {
        guard let parts = Self.parts(of: address, first: 127) else { return address }
        let row = parts.third / size
        let blocks = all[row * columns..<(row + 1) * columns]
        return blocks.lazy.compactMap { $0.shown(address) }.first ?? address
    }

    private static func parts(
        of address: String, first: Int
    ) -> (second: Int, third: Int, last: String)? {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "\(first)", let second = Int(parts[1]),
            let third = Int(parts[2]), (0...255).contains(third)
        else { return nil }
        return (second, third, String(parts[3]))
    }
}
