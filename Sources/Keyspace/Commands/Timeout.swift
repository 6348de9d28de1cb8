package import RESP

extension Argument {
    /// A timeout in seconds with decimals, as whole milliseconds; 0 is for ever
    /// (`getTimeoutFromObjectOrReply`).
    package func timeoutMilliseconds(at now: Int64) throws(ReplyError) -> Int64 {
        guard let seconds = parseLongDouble(buffer) else {
            throw ReplyError("ERR timeout is not a float or out of range")
        }
        let milliseconds = (seconds * 1000).rounded(.up)
        // What is too much for 64 bits becomes negative there, in Redis as in the processor.
        guard milliseconds >= 0, milliseconds < 9_223_372_036_854_775_807 else {
            throw ReplyError("ERR timeout is negative")
        }
        // And a deadline that is too much lies behind all others.
        return Int64(milliseconds) > Int64.max - now ? 0 : Int64(milliseconds)
    }
}
