/// What DEBUG OBJECT tells of a value.
extension Value {
    /// Bytes of the value in a dump, without its type.
    package var serializedLength: Int {
        var encoder = RDBEncoder()
        encoder.value(self)
        return encoder.bytes.count
    }

    /// What a list is made of.
    package struct ListFacts: Hashable, Sendable {
        package let nodes: Int
        package let elements: Int
        /// list-max-listpack-size as it was when the list was made.
        package let fill: Int
        /// Bytes of all nodes.
        package let bytes: Int
    }

    /// What the list is made of; nil for other kinds.
    package var listFacts: ListFacts? {
        guard let body = list?.body.content else { return nil }
        return ListFacts(
            nodes: body.nodes.count, elements: body.count, fill: body.fill,
            bytes: (0..<body.nodes.count).reduce(0) { $0 + body.nodes[$1].byteCount })
    }
}
