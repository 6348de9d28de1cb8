import ClusterCore

/// Something that must never be so, and was.
package enum Violation: Hashable, Sendable {
    /// Two nodes won the same epoch.
    case twoWinners(epoch: UInt64, Int, Int)
    /// Two masters own a slot by the same epoch, which both got by votes.
    case sameEpoch(epoch: UInt64, Int, Int)
    case votedTwice(host: Int, epoch: UInt64)
    case epochWentBack(host: Int, name: String, from: UInt64, to: UInt64)
    /// A replica has processed more than its master ever wrote.
    case aheadOfMaster(host: Int, offset: Int64, written: Int64)
    case differentData(host: Int, offset: Int64)
    /// A master's data changed, and the stream of its writes did not.
    case silentChange(host: Int, offset: Int64)
    case lostWrite(key: String, found: Int64, String)
    case inventedValue(key: String)
    case countedTwice(key: String)
    /// WAIT counted replicas that do not have the write.
    case waitLied(key: String, replicas: Int, holders: Int)
    case malformedReply(host: Int)
    /// After the heal, within the time that it may take.
    case noAgreement(String)
}

extension Violation: CustomStringConvertible {
    /// As one sentence.
    package var description: String {
        switch self {
        case .twoWinners(let epoch, let one, let other):
            "n\(one) and n\(other) both won the election of epoch \(epoch)"
        case .sameEpoch(let epoch, let one, let other):
            "n\(one) and n\(other) own the same slot by the same config epoch \(epoch)"
        case .votedTwice(let host, let epoch): "n\(host) voted twice in epoch \(epoch)"
        case .epochWentBack(let host, let name, let old, let new):
            "n\(host): \(name) went back from \(old) to \(new)"
        case .aheadOfMaster(let host, let offset, let written):
            "n\(host) is at offset \(offset), but its master wrote only \(written)"
        case .differentData(let host, let offset):
            "n\(host) has other data than its master had at offset \(offset)"
        case .silentChange(let host, let offset):
            "the data of n\(host) changed without a write in its stream, at offset \(offset)"
        case .lostWrite(let key, let found, let how):
            "an acknowledged write of \(key) is lost: \(how) finds \(found)"
        case .inventedValue(let key): "\(key) has a value that nobody wrote"
        case .countedTwice(let key): "an INCR of \(key) was executed twice"
        case .waitLied(let key, let replicas, let holders):
            "WAIT counted \(replicas) replicas with the write of \(key), \(holders) had it"
        case .malformedReply(let host): "n\(host) sent a reply that is none"
        case .noAgreement(let reason): "not well again in time after the heal: \(reason)"
        }
    }
}
