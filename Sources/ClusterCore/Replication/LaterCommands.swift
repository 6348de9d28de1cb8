import RESP

/// What a master after Redis 7.0 sends, and writes into its append-only file, for a command of 7.0
/// in words that 7.0 does not have.
extension Arguments {
    /// The same in the words of Redis 7.0; nil where it has none for it.
    ///
    /// Since 8.0 the result of HINCRBYFLOAT comes as `HSETEX key KEEPTTL FIELDS 1 field value`, so
    /// that a field that expires goes on doing so. No field does here: such hashes are refused when
    /// they come in a dump.
    var inEarlierWords: [[UInt8]]? {
        guard count > 5, self[0].isKeyword("HSETEX"), self[2].isKeyword("KEEPTTL"),
            self[3].isKeyword("FIELDS"), let fields = self[4].integer, fields > 0,
            (count - 5).isMultiple(of: 2), fields == (count - 5) / 2
        else { return nil }
        return [Array("HSET".utf8), self[1].bytes] + (5..<count).map { self[$0].bytes }
    }
}
