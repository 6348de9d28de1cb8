import Keyspace
import RESP

extension Node {
    /// DEBUG OBJECT: how the value of a key is kept (`debugCommand`). The key is looked at as it lies there, and
    /// is not used by that.
    func describeObject(of key: Argument) throws(ReplyError) -> String {
        guard let reference = database.peek(key) else { throw .noSuchKey }
        let value = database[reference]
        let clock = database.access(of: reference)
        let idle =
            database.usesLFU ? 0 : AccessClock.seconds(at: database.now) &- clock
        // A value has no address here that could be told; its key's slot stands in for it.
        let address = "0x7f" + String(0x1_0000_0000 + HashSlot(of: key).index * 16, radix: 16)
        return "Value at:\(address) refcount:\(value.referenceCount) encoding:\(value.encoding) "
            + "serializedlength:\(value.serializedLength) lru:\(clock & 0xFF_FFFF) "
            + "lru_seconds_idle:\(idle)" + (value.listFacts.map(describe) ?? "")
    }

    private func describe(_ list: Value.ListFacts) -> String {
        // As `%.2f` prints it.
        let hundredths = (Double(list.elements) / Double(list.nodes) * 100).rounded(
            .toNearestOrEven)
        let average = Int(hundredths)
        let decimals = average % 100
        return " ql_nodes:\(list.nodes) ql_avg_node:\(average / 100).\(decimals < 10 ? "0" : "")"
            + "\(decimals) ql_listpack_max:\(list.fill) "
            + "ql_compressed:\(configuration.listCompressDepth == 0 ? 0 : 1) "
            + "ql_uncompressed_size:\(list.bytes)"
    }
}
