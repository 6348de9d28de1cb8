/// The part of 127.0.0.0/8 in which one lab's containers really listen. Each lab has a block of its own, so that
/// two labs on one machine both have a 172.17.0.2, as two machines would.
///
/// Docker's networks 172.17.0.0 to 172.31.0.0 are 127.17.0.0 to 127.31.0.0 in the first block, 127.33.0.0 to
/// 127.47.0.0 in the second, and so on.
package struct LoopbackBlock: Hashable, Sendable {
    /// Which block, from 0.
    package let index: Int

    /// All that there are.
    package static let all = (0..<15).map(LoopbackBlock.init)

    private static let networks = 17...31
    private static let size = 16

    /// - Parameter index: 0 for the first block.
    package init(index: Int) {
        self.index = index
    }

    /// `127.17.0.2` for `172.17.0.2`; nil for what is no container's address.
    package func real(_ address: String) -> String? {
        guard let (network, rest) = Self.parts(of: address, first: 172),
            Self.networks.contains(network)
        else { return nil }
        return "127.\(network + index * Self.size).\(rest)"
    }

    /// `172.17.0.2` for `127.17.0.2`; nil for what no container of the block has.
    package func shown(_ address: String) -> String? {
        guard let (second, rest) = Self.parts(of: address, first: 127) else { return nil }
        let network = second - index * Self.size
        return Self.networks.contains(network) ? "172.\(network).\(rest)" : nil
    }

    /// Where the machine is reached from the block's containers. Nobody listens there but those who listen at all of the
    /// machine's addresses, which published ports do, too.
    package var machine: String { "127.\(Self.networks.lowerBound + index * Self.size).0.1" }

    /// An address as the machine sees it, whosever container has it; what is no container's is as it is.
    static func shown(_ address: String) -> String {
        all.lazy.compactMap { $0.shown(address) }.first ?? address
    }

    private static func parts(of address: String, first: Int) -> (second: Int, rest: String)? {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "\(first)", let second = Int(parts[1]) else {
            return nil
        }
        return (second, "\(parts[2]).\(parts[3])")
    }
}
