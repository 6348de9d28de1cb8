import RESP

/// The unit of an expiry time that a client gives, and what it is counted from.
enum ExpiryUnit: Hashable {
    case seconds, milliseconds, unixSeconds, unixMilliseconds

    /// The unit that an option of SET and GETEX names; nil where it names none.
    init?(_ option: Argument) {
        if option.isKeyword("EX") {
            self = .seconds
        } else if option.isKeyword("PX") {
            self = .milliseconds
        } else if option.isKeyword("EXAT") {
            self = .unixSeconds
        } else if option.isKeyword("PXAT") {
            self = .unixMilliseconds
        } else {
            return nil
        }
    }

    var isSeconds: Bool { self == .seconds || self == .unixSeconds }
    var isAbsolute: Bool { self == .unixSeconds || self == .unixMilliseconds }

    /// The Unix milliseconds of an expiry that has to be positive (`getExpireMillisecondsOrReply`).
    func positiveExpiry(
        _ text: Argument, now: Int64, command: StaticString
    ) throws(ReplyError) -> Int64 {
        guard let number = text.integer else { throw .notAnInteger }
        let (duration, overflow) = number.multipliedReportingOverflow(by: isSeconds ? 1000 : 1)
        guard duration > 0, !overflow else { throw .invalidExpiry(command) }
        let (expiry, isTooLate) = duration.addingReportingOverflow(isAbsolute ? 0 : now)
        guard !isTooLate else { throw .invalidExpiry(command) }
        return expiry
    }
}

/// The options of SET and GETEX (`parseExtendedStringArgumentsOrReply`).
struct StringOptions {
    var onlyIfAbsent = false
    var onlyIfPresent = false
    var returnsOldValue = false
    var lifetime = Lifetime.unspecified

    /// What becomes of the key's expiry.
    enum Lifetime {
        case unspecified, keep, persist
        case until(ExpiryUnit, Argument)
    }

    /// Reads SET's options.
    static func ofSet(_ arguments: Arguments) throws(ReplyError) -> StringOptions {
        var options = StringOptions()
        var index = 3
        while index < arguments.count {
            let option = arguments[index]
            if option.isKeyword("NX"), !options.onlyIfPresent {
                options.onlyIfAbsent = true
            } else if option.isKeyword("XX"), !options.onlyIfAbsent {
                options.onlyIfPresent = true
            } else if option.isKeyword("GET") {
                options.returnsOldValue = true
            } else if option.isKeyword("KEEPTTL") {
                switch options.lifetime {
                case .unspecified, .keep: options.lifetime = .keep
                case .persist, .until: throw .syntax
                }
            } else {
                try options.takeExpiry(arguments, &index)
            }
            index += 1
        }
        return options
    }

    /// Reads GETEX's options.
    static func ofGetEx(_ arguments: Arguments) throws(ReplyError) -> StringOptions {
        var options = StringOptions()
        var index = 2
        while index < arguments.count {
            if arguments[index].isKeyword("PERSIST") {
                switch options.lifetime {
                case .unspecified, .persist: options.lifetime = .persist
                case .keep, .until: throw .syntax
                }
            } else {
                try options.takeExpiry(arguments, &index)
            }
            index += 1
        }
        return options
    }

    /// Reads `EX seconds` and its kind; Redis lets one of them be repeated.
    private mutating func takeExpiry(
        _ arguments: Arguments, _ index: inout Int
    ) throws(ReplyError) {
        guard let unit = ExpiryUnit(arguments[index]), index + 1 < arguments.count else {
            throw .syntax
        }
        switch lifetime {
        case .unspecified: break
        case .until(unit, _): break
        case .keep, .persist, .until: throw .syntax
        }
        index += 1
        lifetime = .until(unit, arguments[index])
    }
}
