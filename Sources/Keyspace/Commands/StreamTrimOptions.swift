import RESP

/// What XADD and XTRIM are told besides the entry (`streamParseAddOrTrimArgsOrReply`).
struct StreamTrimOptions {
    /// XADD only: the index of the ID among the arguments, and what it says.
    private(set) var idIndex = 0
    private(set) var id = EntryID.Requested.automatic
    private(set) var createsStream = true
    private(set) var strategy: StreamValue.TrimStrategy?
    /// The index of the strategy's number or ID.
    private(set) var strategyIndex = 0
    private(set) var isApproximate = false
    /// The most entries to take out; 0 for no limit.
    private(set) var limit = 0
    private var hasLimit = false

    init(
        _ arguments: Arguments, isAdding: Bool, _ database: Database
    ) throws(ReplyError) {
        var index = 2
        while index < arguments.count {
            let option = arguments[index]
            let hasMore = index + 1 < arguments.count
            if isAdding, option.isCString("*") {
                break
            } else if option.isKeyword("MAXLEN"), hasMore {
                try takeStrategy(arguments, &index) { argument throws(ReplyError) in
                    guard let count = argument.integer else { throw .notAnInteger }
                    guard count >= 0 else {
                        throw ReplyError("ERR The MAXLEN argument must be >= 0.")
                    }
                    return .maximumCount(Int(count))
                }
            } else if option.isKeyword("MINID"), hasMore {
                try takeStrategy(arguments, &index) { argument throws(ReplyError) in
                    .minimumID(try EntryID(argument))
                }
            } else if option.isKeyword("LIMIT"), hasMore {
                try takeLimit(arguments[index + 1])
                index += 1
            } else if isAdding, option.isKeyword("NOMKSTREAM") {
                createsStream = false
            } else if isAdding {
                id = try EntryID.requested(option)
                break
            } else {
                throw .syntax
            }
            index += 1
        }
        idIndex = index
        try check(isAdding: isAdding, database)
    }

    private mutating func takeStrategy(
        _ arguments: Arguments, _ index: inout Int,
        _ parse: (Argument) throws(ReplyError) -> StreamValue.TrimStrategy
    ) throws(ReplyError) {
        guard strategy == nil else {
            throw ReplyError(
                "ERR syntax error, MAXLEN and MINID options at the same time are not compatible")
        }
        index += 1
        if index + 1 < arguments.count {
            isApproximate = arguments[index].isCString("~")
            if isApproximate || arguments[index].isCString("=") { index += 1 }
        }
        strategy = try parse(arguments[index])
        strategyIndex = index
    }

    private mutating func takeLimit(_ argument: Argument) throws(ReplyError) {
        guard let number = argument.integer else { throw .notAnInteger }
        guard number >= 0 else { throw ReplyError("ERR The LIMIT argument must be >= 0.") }
        limit = Int(number)
        hasLimit = true
    }

    private mutating func check(isAdding: Bool, _ database: Database) throws(ReplyError) {
        if limit > 0, strategy == nil {
            throw ReplyError(
                "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy")
        }
        guard isAdding || strategy != nil else {
            throw ReplyError(
                "ERR syntax error, XTRIM must be called with a trimming strategy")
        }
        // What a master says was limited by the master itself.
        guard !database.obeysMaster else { return limit = 0 }
        guard hasLimit else {
            return limit = isApproximate ? database.encodingLimits.standardTrimLimit : 0
        }
        guard isApproximate else {
            throw ReplyError(
                "ERR syntax error, LIMIT cannot be used without the special ~ option")
        }
    }
}

extension EncodingLimits {
    /// The entries of a hundred nodes, within reason.
    fileprivate var standardTrimLimit: Int {
        let limit = streamNodeEntries &* 100
        return limit <= 0 ? 10_000 : min(limit, 1_000_000)
    }
}

extension StreamValue {
    /// Takes entries out as the options say; those that say nothing take none.
    mutating func trim(_ options: StreamTrimOptions) -> Int {
        guard let strategy = options.strategy else { return 0 }
        return trim(strategy, isApproximate: options.isApproximate, limit: options.limit)
    }
}

extension StreamTrimOptions {
    /// Puts what `~` has led to in its place, so that the same entries go everywhere
    /// (`streamRewriteTrimArgument`).
    func rewrite(_ words: inout [ByteString], _ stream: StreamValue) {
        guard isApproximate, let strategy else { return }
        words[strategyIndex - 1] = "="
        switch strategy {
        case .maximumCount: words[strategyIndex] = ByteString(decimal: Int64(stream.count))
        case .minimumID:
            words[strategyIndex] = stream.edgeID(isFirst: true, withDeleted: true).text
        }
    }
}
