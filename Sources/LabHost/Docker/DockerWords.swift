/// The words of the lab's docker, for those who propose them.
package enum DockerWords {
    /// Its commands with their options.
    package static var commands: [(name: String, options: [String])] {
        DockerProgram.rows.map { row in
            let grammar = [DockerProgram.runGrammar, DockerProgram.execGrammar]
                .first { $0.command == row.name }
            return (row.name, grammar?.options ?? [])
        }
    }
}

extension DockerOptions.Grammar {
    /// `-d`, `--detach` and so on.
    fileprivate var options: [String] {
        (flags + valued).flatMap { $0.split(separator: "|") }
            .map { $0.count == 1 ? "-\($0)" : "--\($0)" }.sorted()
    }
}
