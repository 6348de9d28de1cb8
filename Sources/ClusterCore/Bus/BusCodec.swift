/// The messages of the cluster bus as bytes: `clusterMsg` of Redis 7.0, protocol version 1.
///
/// Numbers are big-endian. A header of 2256 bytes says who sends what; the body that follows depends on the type.
/// The functions that write are in `BusCodec+Encoding`, those that read in `BusCodec+Decoding`.
package enum BusCodec {
    /// What stands at the beginning of received bytes.
    package enum Frame: Hashable, Sendable {
        /// The message goes on with bytes that are not there yet.
        case needMore
        case message(BusMessage, length: Int)
        /// A message of a kind that these nodes have no use for: one of modules, or of a newer version.
        case unknown(length: Int)
        /// The link is of no use any more: nobody can tell where the next message begins.
        case malformed(Fault)
    }

    /// What is wrong with a message.
    package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        case signatureOrLength
        case version(Int)
        case length(kind: String, actual: Int, expected: Int)
        /// An extension that does not end where it should.
        case `extension`(kind: String)
        /// A name that is not 40 hexadecimal digits.
        case name
        /// An address with characters that no address has, and that nodes.conf could not hold.
        case address

        /// What the log says, in Redis' words where it has any.
        package var description: String {
            switch self {
            case .signatureOrLength:
                "Bad message length or signature received from Cluster bus."
            case .version(let version):
                "Received a Cluster bus packet of protocol version \(version)"
            case .length(let kind, let actual, let expected):
                "Received invalid \(kind) packet of length \(actual) but expected length \(expected)"
            case .extension(let kind):
                "Received a \(kind) packet without proper padding"
            case .name: "Received a Cluster bus packet with an invalid node name"
            case .address: "Received a Cluster bus packet with an invalid node address"
            }
        }
    }

    /// The most that one message may have: as much as a client may send in one command
    /// (client-query-buffer-limit). What claims to be longer is malformed.
    package static let maximumLength = 1 << 30

    /// Bytes that decide how long a message may be: signature, length, version, port, type and count.
    static let prefixLength = 16
    static let signature: [UInt8] = Array("RCmb".utf8)
    static let version = 1
    /// MODULE, which has no kind here.
    static let moduleType = 9

    /// Where the header's fields begin.
    enum Header {
        static let length = 2256
        static let totalLength = 4
        static let version = 8
        static let port = 10
        static let type = 12
        static let count = 14
        static let currentEpoch = 16
        static let configEpoch = 24
        static let offset = 32
        static let sender = 40
        static let slots = 80
        static let master = 2128
        static let host = 2168
        static let extensions = 2214
        static let plainPort = 2246
        static let busPort = 2248
        static let flags = 2250
        static let state = 2252
        static let marks = 2253
    }

    /// Where the fields of a gossip entry begin.
    enum Entry {
        static let length = 104
        static let pingSent = 40
        static let pongReceived = 44
        static let host = 48
        static let port = 94
        static let busPort = 96
        static let flags = 98
        static let plainPort = 100
    }

    /// An extension: its length with this header, its type, and a text that ends with a zero and is padded.
    enum Extension {
        static let headerLength = 8
        static let type = 4
        static let alignment = 8
        static let hostnameType = 0
        /// The 40 digits of the sender's shard.
        static let shardType = 3
    }

    /// An address: text, the rest zeros, at least one (NET_IP_STR_LEN).
    static let hostLength = 46
    /// Two lengths before channel and message.
    static let publishHeaderLength = 8
    /// An epoch, a name and a bitmap.
    static let updateLength = 8 + NodeID.length + SlotSet.byteCount
    /// CLUSTERMSG_FLAG0_EXT_DATA: the packet has extensions.
    static let extensionMark: UInt8 = 1 << 2
    /// CLUSTER_FAIL; 0 is ok.
    static let failState: UInt8 = 1
}
