package import Lab
package import RESP

/// A connection for questions of the prompt's own. Somebody waits at the keyboard meanwhile, so a server that hangs
/// is given up.
package final class SideQuestions {
    private let connection: CLIConnection

    private static let patience = Duration.seconds(1)

    package init(_ stream: any ByteStream) {
        connection = CLIConnection(stream)
        connection.patience = Self.patience
    }

    /// The server's reply; nil where none comes in time.
    package func ask(_ words: String...) -> RESPValue? {
        do throws(CLIConnection.Failure) {
            return try connection.request(words.map { Array($0.utf8) })
        } catch {
            return nil
        }
    }
}
