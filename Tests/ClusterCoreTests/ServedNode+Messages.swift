import ClusterCore

extension ServedNode {
    /// What the node has sent to clients besides replies, in order.
    func takeMessages() -> [(client: ClientID, text: String)] {
        takeActions().compactMap { action in
            guard case .write(let client, let bytes) = action else { return nil }
            return (client, String(decoding: bytes, as: UTF8.self))
        }
    }

    /// The same of one client, put together.
    func takeMessages(of client: ClientID) -> String {
        takeMessages().filter { $0.client == client }.map(\.text).joined()
    }
}

extension [Action] {
    /// The connection that a node has asked for, to another one's port 7009.
    var openedStream: StreamID? {
        for action in self {
            if case .open(let stream, "127.0.0.1", 7009) = action { return stream }
        }
        return nil
    }

    /// What it sends over such connections.
    var transmittedText: String {
        var sent = ""
        for action in self {
            if case .transmit(_, let bytes) = action {
                sent += String(decoding: bytes, as: UTF8.self)
            }
        }
        return sent
    }
}

/// A push of bulk strings and numbers as it comes over the wire, in RESP2 an array.
func push(_ words: String..., resp: Int = 2) -> String {
    (resp == 3 ? ">" : "*") + "\(words.count)\r\n"
        + words.map { word in
            let isBulk = !word.hasPrefix(":") && word != "_"
            return isBulk ? "$\(word.utf8.count)\r\n\(word)\r\n" : "\(word)\r\n"
        }.joined()
}
