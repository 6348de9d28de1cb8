package import RESP

/// The two byte streams of a client's connection: the parser of its requests and the replies that wait to be
/// sent. The driver holds it next to the socket; it is no part of the node's state.
package struct ClientStream: ~Copyable {
    package var parser = RequestParser()
    package var output = ReplyBuffer()

    package init() {}
}
