extension BusCodec {
    /// The message as it goes over a link.
    package static func bytes(of message: BusMessage) -> [UInt8] {
        var packet = Packet(length: length(of: message.body))
        packet.put(signature, at: 0)
        packet.put(UInt32(truncatingIfNeeded: packet.bytes.count), at: Header.totalLength)
        packet.put(UInt16(version), at: Header.version)
        packet.put(UInt16(message.kind.rawValue), at: Header.type)
        put(message.header, in: &packet)
        put(message.body, in: &packet)
        return packet.bytes
    }

    private static func length(of body: BusMessage.Body) -> Int {
        switch body {
        case .ping(let gossip), .pong(let gossip), .meet(let gossip):
            Header.length + gossip.entries.count * Entry.length + extensionsLength(of: gossip)
        case .fail: Header.length + NodeID.length
        case .publish(let channel, let message), .publishShard(let channel, let message):
            Header.length + publishHeaderLength + channel.count + message.count
        case .update: Header.length + updateLength
        case .failoverAuthRequest, .failoverAuthAck, .manualFailoverStart: Header.length
        }
    }

    private static func extensionsLength(of gossip: BusMessage.Gossip) -> Int {
        let shard = if case .id = gossip.shard { Extension.headerLength + NodeID.length } else { 0 }
        return extensionLength(gossip.hostname) + shard
    }

    /// Bytes of the extension that names the host; none for a node without a hostname.
    private static func extensionLength(_ hostname: String) -> Int {
        guard !hostname.isEmpty else { return 0 }
        let text = hostname.utf8.count + 1
        let alignment = Extension.alignment
        return Extension.headerLength + (text + alignment - 1) / alignment * alignment
    }

    private static func put(_ header: BusMessage.Header, in packet: inout Packet) {
        packet.put(UInt16(truncatingIfNeeded: header.port), at: Header.port)
        packet.put(header.currentEpoch, at: Header.currentEpoch)
        packet.put(header.configEpoch, at: Header.configEpoch)
        packet.put(UInt64(bitPattern: header.offset), at: Header.offset)
        packet.put(header.sender.digits, at: Header.sender)
        if !header.slots.isEmpty { packet.put(header.slots.bitmap, at: Header.slots) }
        if let master = header.master { packet.put(master.digits, at: Header.master) }
        packet.put(host: header.host, at: Header.host)
        packet.put(UInt16(truncatingIfNeeded: header.plainPort), at: Header.plainPort)
        packet.put(UInt16(truncatingIfNeeded: header.busPort), at: Header.busPort)
        packet.put(header.flags.rawValue, at: Header.flags)
        packet.bytes[Header.state] = header.isClusterOK ? 0 : failState
        packet.bytes[Header.marks] = header.marks.rawValue & ~extensionMark
    }

    private static func put(_ body: BusMessage.Body, in packet: inout Packet) {
        let start = Header.length
        switch body {
        case .ping(let gossip), .pong(let gossip), .meet(let gossip): put(gossip, in: &packet)
        case .fail(let id): packet.put(id.digits, at: start)
        case .publish(let channel, let message), .publishShard(let channel, let message):
            packet.put(UInt32(truncatingIfNeeded: channel.count), at: start)
            packet.put(UInt32(truncatingIfNeeded: message.count), at: start + 4)
            packet.put(channel, at: start + publishHeaderLength)
            packet.put(message, at: start + publishHeaderLength + channel.count)
        case .update(let owner, let configEpoch, let slots):
            packet.put(configEpoch, at: start)
            packet.put(owner.digits, at: start + 8)
            packet.put(slots.bitmap, at: start + 8 + NodeID.length)
        case .failoverAuthRequest, .failoverAuthAck, .manualFailoverStart: break
        }
    }

    private static func put(_ gossip: BusMessage.Gossip, in packet: inout Packet) {
        precondition(
            gossip.entries.count <= Int(UInt16.max), "\(gossip.entries.count) gossip entries")
        packet.put(UInt16(gossip.entries.count), at: Header.count)
        var position = Header.length
        for entry in gossip.entries {
            put(entry, at: position, in: &packet)
            position += Entry.length
        }
        putExtensions(of: gossip, at: position, in: &packet)
    }

    private static func putExtensions(
        of gossip: BusMessage.Gossip, at start: Int, in packet: inout Packet
    ) {
        if gossip.shard != .none || !gossip.hostname.isEmpty {
            packet.bytes[Header.marks] |= extensionMark
        }
        var position = start
        var count: UInt16 = 0
        func put(_ content: [UInt8], length: Int, type: Int) {
            packet.put(UInt32(truncatingIfNeeded: length), at: position)
            packet.put(UInt16(type), at: position + Extension.type)
            packet.put(content, at: position + Extension.headerLength)
            position += length
            count += 1
        }
        if !gossip.hostname.isEmpty {
            put(
                Array(gossip.hostname.utf8), length: extensionLength(gossip.hostname),
                type: Extension.hostnameType)
        }
        if case .id(let id) = gossip.shard {
            put(
                id.digits, length: Extension.headerLength + NodeID.length,
                type: Extension.shardType)
        }
        packet.put(count, at: Header.extensions)
    }

    private static func put(_ entry: GossipEntry, at start: Int, in packet: inout Packet) {
        packet.put(entry.id.digits, at: start)
        packet.put(entry.pingSent, at: start + Entry.pingSent)
        packet.put(entry.pongReceived, at: start + Entry.pongReceived)
        packet.put(host: entry.host, at: start + Entry.host)
        packet.put(UInt16(truncatingIfNeeded: entry.port), at: start + Entry.port)
        packet.put(UInt16(truncatingIfNeeded: entry.busPort), at: start + Entry.busPort)
        packet.put(entry.flags.rawValue, at: start + Entry.flags)
        packet.put(UInt16(truncatingIfNeeded: entry.plainPort), at: start + Entry.plainPort)
    }
}

/// A packet being written: zeros wherever nothing was put.
private struct Packet {
    var bytes: [UInt8]

    init(length: Int) {
        bytes = Array(repeating: 0, count: length)
    }

    mutating func put(_ number: some FixedWidthInteger, at position: Int) {
        withUnsafeBytes(of: number.bigEndian) { number in
            for index in number.indices { bytes[position + index] = number[index] }
        }
    }

    mutating func put(_ text: [UInt8], at position: Int) {
        bytes.withUnsafeMutableBytes { $0[position..<position + text.count].copyBytes(from: text) }
    }

    mutating func put(host: String, at position: Int) {
        put(Array(host.utf8.prefix(BusCodec.hostLength - 1)), at: position)
    }
}

extension UnsafeMutableRawBufferPointer.SubSequence {
    fileprivate func copyBytes(from bytes: [UInt8]) {
        UnsafeMutableRawBufferPointer(rebasing: self).copyBytes(from: bytes)
    }
}
