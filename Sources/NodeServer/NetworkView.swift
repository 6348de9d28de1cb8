/// The network as a node sees it: the machine's own, or that of a container.
///
/// A container's address 172.N.H.x stands for a loopback address such as 127.N.H.x (`LoopbackBlock`), which is where
/// its node really listens; Linux has all of them without being told. So two containers may both have port 6379, and each has a
/// 127.0.0.1 of its own, as under Docker.
package struct NetworkView: Hashable, Sendable {
    /// The container's address on its network, such as `172.17.0.2`; nil for a node on the machine's own network.
    package let address: String?
    /// Where the lab's containers really listen.
    package let block: LoopbackBlock
    /// The ports that others may reach from outside.
    package let published: [PublishedPort]
    /// The machine's own addresses: from a container they lead to published ports.
    package let machineAddresses: Set<String>

    /// A port of the machine that leads to one of the container.
    package struct PublishedPort: Hashable, Sendable {
        package let host: Int
        package let container: Int
        /// Where it is published.
        package let address: String

        package init(host: Int, container: Int, address: String = "127.0.0.1") {
            self.host = host
            self.container = container
            self.address = address
        }
    }

    /// Where a connection really goes.
    package enum Route: Hashable, Sendable {
        /// As it is written.
        case direct
        /// To another address, from an address of one's own.
        case to(String, from: String)
        /// To nowhere: another network.
        case unreachable
    }

    /// Where the machine's containers find a node of the machine that listens at all addresses; nil in all other cases.
    package let openAddress: String?

    /// The machine's own network.
    package static let machine = NetworkView(openAddress: nil)

    /// The same, for a node that is told no address to listen at: containers reach it, too.
    package static func machine(of block: LoopbackBlock) -> NetworkView {
        NetworkView(openAddress: block.machine)
    }

    private init(openAddress: String?) {
        self.openAddress = openAddress
        address = nil
        block = LoopbackBlock(index: 0)
        published = []
        machineAddresses = []
    }

    /// The network of a container.
    package init(
        address: String, in block: LoopbackBlock = LoopbackBlock(index: 0),
        published: [PublishedPort], machineAddresses: Set<String>
    ) {
        precondition(block.real(address) != nil, "\(address) is not an address of a container")
        openAddress = nil
        self.address = address
        self.block = block
        self.published = published
        self.machineAddresses = machineAddresses
    }

    /// Where the node listens for others of its network; nil on the machine's own.
    package var realAddress: String? { address.flatMap(block.real) }

    /// The address of the machine in the container's network.
    package var gateway: String? { address.map(Self.gateway) }

    /// The address of the machine in the network of a container's address.
    package static func gateway(of address: String) -> String {
        address.split(separator: ".").prefix(2).joined(separator: ".") + ".0.1"
    }

    /// Where a connection to a host leads from here.
    package func route(to host: String) -> Route {
        guard let address, let own = realAddress else { return .direct }
        if host == gateway || machineAddresses.contains(host) {
            return .to(block.machine, from: own)
        }
        if host.hasPrefix("127."), block.shown(host) != nil { return .to(host, from: own) }
        if host == address || host == "localhost" || host.hasPrefix("127.") {
            return .to(own, from: own)
        }
        guard let other = block.real(host) else { return .direct }
        return Self.network(of: host) == Self.network(of: address)
            ? .to(other, from: own) : .unreachable
    }

    /// How the node sees who connects to it, from where the connection really comes; `local` is where it arrived.
    package func shown(remote: String, arrivedAt local: String) -> String {
        guard let address, let own = realAddress else { return LoopbackBlock.shown(remote) }
        if remote == own { return local == own ? address : remote }
        if local != own { return gateway ?? remote }
        return block.shown(remote) ?? remote
    }

    /// Whether a connection is let in. Docker publishes ports to the whole network; here others than this machine
    /// are turned away.
    package func admits(remote: String, arrivedAt local: String) -> Bool {
        address == nil || remote.hasPrefix("127.") || remote == local
    }

    /// How the node sees its own end of a connection.
    func shown(local: String) -> String { address ?? LoopbackBlock.shown(local) }

    /// `172.17`, for a network that has 65,534 addresses as Docker's have.
    private static func network(of address: String) -> Substring {
        address.split(separator: ".").prefix(2).last ?? ""
    }
}
