package import NodeServer

/// Where a client program is among the containers of the lab: in one of them, or on the machine that has them all.
///
/// It travels as a text, in the environment of the program: what the lab says to a launcher, this says to redis-cli.
package struct ContainerPlace: Hashable, Sendable {
    /// The address of the program's container; nil on the machine itself.
    private let address: String?
    /// Where the lab's containers really listen.
    package let block: LoopbackBlock
    /// The names that its network knows, by name: none on the machine and on the network `bridge`.
    private let names: [String: String]
    /// Addresses of containers and gateways, for a program on the machine.
    private let addresses: Set<String>
    /// Whether the program has standard input (`-i`).
    package var hasInput = true
    /// Whether it is at a terminal (`-t`).
    package var hasTerminal = true

    private static let withoutInput = "!input"
    private static let withoutTerminal = "!terminal"

    /// In a container.
    init(in address: String, _ block: LoopbackBlock, names: [String: String]) {
        self.address = address
        self.block = block
        self.names = names
        addresses = []
    }

    /// On the machine.
    init(besides addresses: Set<String>, _ block: LoopbackBlock) {
        address = nil
        self.block = block
        names = [:]
        self.addresses = addresses
    }

    // MARK: - The way from here

    /// Where a connection to a host really goes.
    package func route(to host: String) -> NetworkView.Route {
        guard let address else { return routeFromMachine(to: host) }
        let view = NetworkView(
            address: address, in: block, published: [],
            machineAddresses: Set(Machine.addresses))
        return view.route(to: self.address(of: host) ?? host)
    }

    /// The address of a name; nil for one that the network does not know.
    package func address(of name: String) -> String? { names[name.lowercased()] }

    private func routeFromMachine(to host: String) -> NetworkView.Route {
        guard addresses.contains(host), let real = block.real(host) else { return .direct }
        let gateway = NetworkView.gateway(of: host)
        // A container sees who comes from the machine by the machine's address in its network.
        return host == gateway
            ? .to(block.machine, from: block.machine)
            : .to(real, from: block.real(gateway) ?? "127.0.0.1")
    }

    // MARK: - As a text

    /// `172.18.0.2 0 redis-1=172.18.0.2`, or `- 0 =172.17.0.1 =172.17.0.2` for the machine: the address, the number of
    /// the block, names and addresses, and what is missing.
    package var text: String {
        let named = names.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let missing =
            (hasInput ? [] : [Self.withoutInput])
            + (hasTerminal ? [] : [Self.withoutTerminal])
        return
            ([address ?? "-", "\(block.index)"] + named + addresses.sorted().map { "=\($0)" }
            + missing)
            .joined(separator: " ")
    }

    /// Reads it; nil where it is no such text.
    package init?(_ text: String) {
        var words = text.split(separator: " ").map(String.init)
        guard words.count > 1, let number = Int(words[1]),
            LoopbackBlock.all.indices.contains(number)
        else { return nil }
        let first = words[0]
        block = LoopbackBlock(index: number)
        guard first == "-" || block.real(first) != nil else { return nil }
        words.removeFirst(2)
        hasInput = !words.contains(Self.withoutInput)
        hasTerminal = !words.contains(Self.withoutTerminal)
        let pairs = words.filter { !$0.hasPrefix("!") }.map { word in
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            return (String(parts[0]), parts.last.map(String.init) ?? "")
        }
        address = first == "-" ? nil : first
        names = Dictionary(
            pairs.filter { !$0.0.isEmpty }, uniquingKeysWith: { first, _ in first })
        addresses = Set(pairs.filter { $0.0.isEmpty }.map(\.1))
    }
}
