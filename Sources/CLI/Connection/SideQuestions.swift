package import Lab
package import RESP

/// A connection for questions of the prompt's own. Somebody waits at the keyboard meanwhile, so a server that hangs
/// is given up.
package final class SideQuestions {
    private let connection: any LabConnection

    private static let patience = Duration.seconds(1)

    /// Takes the connection over: it ends with the questions.
    package init(_ connection: any LabConnection) {
        self.connection = connection
    }

    deinit {
        connection.close()
    }

    /// The server's reply; nil where none comes in time.
    package func ask(_ words: String...) -> RESPValue? {
        do throws(LabError) {
            return try connection.send(words.map { Array($0.utf8) }, within: Self.patience)
        } catch {
            return nil
        }
    }
}
