package import RESP

extension Argument {
    /// A timeout in seconds with decimals, as whole milliseconds; 0 is for ever
    /// (`getTimeoutFromObjectOrReply`).
    package func timeoutMilliseconds(at now: Int64) throws(ReplyError) -> Int64 {
        guard let seconds = parseLongDouble(buffer) else {
            throw ReplyError("ERR timeout is not a float or out of range")
        }
        let milliseconds = (seconds * 1000).rounded(.up)
        guard milliseconds < 9_223_372_036_854_775_807 else {
            throw ReplyError("ERR timeout is out of range")
        }
        guard milliseconds >= 0 else { throw ReplyError("ERR timeout is negative") }
        guard Int64(milliseconds) <= Int64.max - now else {
            throw ReplyError("ERR timeout is out of range")
        }
        return Int64(milliseconds)
    }
}
