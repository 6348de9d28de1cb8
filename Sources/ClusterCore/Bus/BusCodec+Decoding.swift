extension BusCodec {
    /// What stands at the beginning of the bytes that a link received.
    ///
    /// Redis drops a link for a bad signature or a length below the header's, and ignores a packet whose length
    /// does not fit its type. Here each of these ends the link: a sender that errs once is not to be trusted with
    /// the boundaries of what follows.
    package static func read(_ bytes: UnsafeRawBufferPointer) -> Frame {
        do throws(Fault) {
            return try frame(bytes)
        } catch {
            return .malformed(error)
        }
    }

    private static func frame(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> Frame {
        guard bytes.starts(with: signature.prefix(bytes.count)) else { throw .signatureOrLength }
        guard bytes.count >= Header.version else { return .needMore }
        let packet = ReceivedPacket(bytes: bytes)
        let length = Int(packet.number(at: Header.totalLength, as: UInt32.self))
        guard length >= Header.length, length <= maximumLength else { throw .signatureOrLength }
        guard bytes.count >= prefixLength else { return .needMore }
        let version = packet.small(at: Header.version)
        guard version == Self.version else { throw .version(version) }
        let kind = BusMessage.Kind(rawValue: packet.small(at: Header.type))
        // Before its end is waited for: a PING that claims a gigabyte is told from its first bytes.
        if let kind { try checkLength(length, of: kind, packet) }
        guard bytes.count >= length else { return .needMore }
        guard let kind else { return .unknown(length: length) }
        let whole = ReceivedPacket(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<length]))
        let header = try header(of: whole)
        let body = try body(of: whole, kind)
        return .message(BusMessage(header: header, body: body), length: length)
    }

    /// Checks the length as far as the first bytes tell it.
    private static func checkLength(
        _ length: Int, of kind: BusMessage.Kind, _ packet: ReceivedPacket
    ) throws(Fault) {
        let expected: ClosedRange<Int>
        switch kind {
        case .ping, .pong, .meet:
            let entries = packet.small(at: Header.count) * Entry.length
            expected = Header.length + entries...Header.length + entries + maximumExtensions
        case .fail: expected = exactly(Header.length + NodeID.length)
        case .publish, .publishShard:
            expected = Header.length + publishHeaderLength...maximumLength
        case .update: expected = exactly(Header.length + updateLength)
        case .failoverAuthRequest, .failoverAuthAck, .manualFailoverStart:
            expected = exactly(Header.length)
        }
        if !expected.contains(length) {
            throw .length(kind: kind.name, actual: length, expected: expected.lowerBound)
        }
    }

    private static func exactly(_ length: Int) -> ClosedRange<Int> { length...length }

    /// Room for extensions of versions to come; 7.0 sends one, of at most 264 bytes, and Redis 8 five.
    private static let maximumExtensions = 64 * 1024

    private static func header(of packet: ReceivedPacket) throws(Fault) -> BusMessage.Header {
        guard let sender = try packet.name(at: Header.sender) else { throw .name }
        return BusMessage.Header(
            sender: sender,
            currentEpoch: packet.number(at: Header.currentEpoch),
            configEpoch: packet.number(at: Header.configEpoch),
            offset: packet.number(at: Header.offset),
            slots: packet.slots(at: Header.slots),
            master: try packet.name(at: Header.master),
            host: try packet.host(at: Header.host, length: hostLength),
            port: packet.small(at: Header.port),
            busPort: packet.small(at: Header.busPort),
            flags: Peer.Flags(rawValue: packet.number(at: Header.flags)),
            isClusterOK: packet.bytes[Header.state] == 0,
            marks: BusMessage.Marks(rawValue: packet.bytes[Header.marks] & ~extensionMark),
            plainPort: packet.small(at: Header.plainPort))
    }

    private static func body(
        of packet: ReceivedPacket, _ kind: BusMessage.Kind
    ) throws(Fault) -> BusMessage.Body {
        switch kind {
        case .ping: return .ping(try gossip(of: packet, kind))
        case .pong: return .pong(try gossip(of: packet, kind))
        case .meet: return .meet(try gossip(of: packet, kind))
        case .fail:
            guard let id = try packet.name(at: Header.length) else { throw .name }
            return .fail(id)
        case .publish:
            let (channel, message) = try publication(of: packet, kind)
            return .publish(channel: channel, message: message)
        case .publishShard:
            let (channel, message) = try publication(of: packet, kind)
            return .publishShard(channel: channel, message: message)
        case .failoverAuthRequest: return .failoverAuthRequest
        case .failoverAuthAck: return .failoverAuthAck
        case .update:
            guard let owner = try packet.name(at: Header.length + 8) else { throw .name }
            return .update(
                owner: owner, configEpoch: packet.number(at: Header.length),
                slots: packet.slots(at: Header.length + 8 + NodeID.length))
        case .manualFailoverStart: return .manualFailoverStart
        }
    }

    private static func publication(
        of packet: ReceivedPacket, _ kind: BusMessage.Kind
    ) throws(Fault) -> (channel: [UInt8], message: [UInt8]) {
        let channelLength = Int(packet.number(at: Header.length, as: UInt32.self))
        let messageLength = Int(packet.number(at: Header.length + 4, as: UInt32.self))
        let start = Header.length + publishHeaderLength
        let expected = start + channelLength + messageLength
        guard packet.bytes.count == expected else {
            throw .length(kind: kind.name, actual: packet.bytes.count, expected: expected)
        }
        let middle = start + channelLength
        return (Array(packet.bytes[start..<middle]), Array(packet.bytes[middle...]))
    }

    private static func gossip(
        of packet: ReceivedPacket, _ kind: BusMessage.Kind
    ) throws(Fault) -> BusMessage.Gossip {
        let count = packet.small(at: Header.count)
        var gossip = BusMessage.Gossip()
        gossip.entries.reserveCapacity(count)
        var position = Header.length
        for _ in 0..<count {
            gossip.entries.append(try entry(at: position, of: packet))
            position += Entry.length
        }
        if packet.bytes[Header.marks] & extensionMark != 0 {
            gossip.shard = .untold
            for _ in 0..<packet.small(at: Header.extensions) {
                let length = try extensionLength(at: position, of: packet, kind)
                try take(
                    &gossip, position..<position + length, of: packet)
                position += length
            }
            // A node of 7.0 with a hostname has the mark, too.
            if gossip.shard == .untold, !gossip.hostname.isEmpty { gossip.shard = .none }
        }
        guard position == packet.bytes.count else {
            throw .length(kind: kind.name, actual: packet.bytes.count, expected: position)
        }
        return gossip
    }

    private static func entry(
        at start: Int, of packet: ReceivedPacket
    ) throws(Fault) -> GossipEntry {
        guard let id = try packet.name(at: start) else { throw .name }
        return GossipEntry(
            id: id,
            pingSent: packet.number(at: start + Entry.pingSent),
            pongReceived: packet.number(at: start + Entry.pongReceived),
            host: try packet.host(at: start + Entry.host, length: hostLength),
            port: packet.small(at: start + Entry.port),
            busPort: packet.small(at: start + Entry.busPort),
            flags: Peer.Flags(rawValue: packet.number(at: start + Entry.flags)),
            plainPort: packet.small(at: start + Entry.plainPort))
    }

    private static func extensionLength(
        at start: Int, of packet: ReceivedPacket, _ kind: BusMessage.Kind
    ) throws(Fault) -> Int {
        guard packet.bytes.count - start >= Extension.headerLength else {
            throw .extension(kind: kind.name)
        }
        let length = Int(packet.number(at: start, as: UInt32.self))
        guard length >= Extension.headerLength, length % Extension.alignment == 0,
            length <= packet.bytes.count - start
        else { throw .extension(kind: kind.name) }
        return length
    }

    /// Takes what an extension says; one of a type that is not known here says nothing.
    private static func take(
        _ gossip: inout BusMessage.Gossip, _ range: Range<Int>, of packet: ReceivedPacket
    ) throws(Fault) {
        let start = range.lowerBound + Extension.headerLength
        switch packet.small(at: range.lowerBound + Extension.type) {
        case Extension.hostnameType:
            gossip.hostname = try packet.host(at: start, length: range.upperBound - start)
        case Extension.shardType:
            if range.upperBound - start >= NodeID.length, let id = packet.digits(at: start) {
                gossip.shard = .id(id)
            }
        default: break
        }
    }
}

/// The bytes of a packet and the kinds of field in it. Positions are within the packet.
private struct ReceivedPacket {
    let bytes: UnsafeRawBufferPointer

    func number<Number: FixedWidthInteger>(
        at position: Int, as type: Number.Type = Number.self
    ) -> Number {
        Number(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }

    /// A number of two bytes.
    func small(at position: Int) -> Int { Int(number(at: position, as: UInt16.self)) }

    func slots(at position: Int) -> SlotSet { SlotSet(bitmap: part(position, SlotSet.byteCount)) }

    /// A node's name; nil for zeros.
    func name(at position: Int) throws(BusCodec.Fault) -> NodeID? {
        let digits = part(position, NodeID.length)
        if digits.allSatisfy({ $0 == 0 }) { return nil }
        guard let id = self.digits(at: position) else { throw .name }
        return id
    }

    /// Forty hexadecimal digits; nil for anything else.
    func digits(at position: Int) -> NodeID? {
        part(position, NodeID.length).withMemoryRebound(to: UInt8.self) { NodeID($0) }
    }

    /// An address or a host's name, which ends at the first zero.
    func host(at position: Int, length: Int) throws(BusCodec.Fault) -> String {
        let text = part(position, length).prefix { $0 != 0 }
        guard text.allSatisfy(Self.isPartOfHost) else { throw .address }
        return String(decoding: text, as: UTF8.self)
    }

    /// Visible characters, without those that part the fields of a line in nodes.conf.
    private static func isPartOfHost(_ character: UInt8) -> Bool {
        character > UInt8(ascii: " ") && character < 0x7F && character != UInt8(ascii: ",")
            && character != UInt8(ascii: "@")
    }

    private func part(_ position: Int, _ length: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
    }
}
