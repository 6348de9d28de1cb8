/// How a command that changed the data is told to replicas and to the append-only file. Most go as they came;
/// those that would not do the same again, at another time or with other arithmetic, are put in other words, as
/// Redis does (`rewriteClientCommandVector` and its kind).
package enum Rewriting: UInt8, Sendable {
    case verbatim
    /// SET: an expiry becomes PXAT, and GET is left out.
    case set
    /// SETEX and PSETEX, whose value is the last argument.
    case setWithExpiry
    case getAndSet, getAndDelete, getAndExpire
    /// EXPIRE and its kind become PEXPIREAT, or DEL where the key went at once.
    case expire
    case incrementByFloat
    /// RESTORE: the time to live becomes absolute.
    case restore

    /// The one for the command of that name.
    init(_ name: String) {
        switch name {
        case "set": self = .set
        case "setex", "psetex": self = .setWithExpiry
        case "getset": self = .getAndSet
        case "getdel": self = .getAndDelete
        case "getex": self = .getAndExpire
        case "expire", "pexpire", "expireat", "pexpireat": self = .expire
        case "incrbyfloat": self = .incrementByFloat
        case "restore", "restore-asking": self = .restore
        default: self = .verbatim
        }
    }
}
