/// What `doctor` looks at: programs, files and variables of this machine. Injected, so that a test can
/// have any machine.
package struct Machine {
    /// Runs a program to its end and returns what it printed; nil when it is not there, took too long,
    /// or was killed.
    package var run: (_ words: [String]) -> Output?
    /// The text of a file; nil when it cannot be read.
    package var read: (_ path: String) -> String?
    /// The names in a folder; empty when it cannot be read.
    package var list: (_ path: String) -> [String]
    /// Where a symbolic link leads.
    package var linkTarget: (_ path: String) -> String?
    /// Whether a path is a program that can be run.
    package var isProgram: (_ path: String) -> Bool
    /// An environment variable that is not empty.
    package var variable: (_ name: String) -> String?
    /// Why a file cannot be kept at the path; nil when it can.
    package var problemWriting: (_ path: String) -> String?
    /// Columns and rows of the terminal; nil where there is none.
    package var screen: () -> (columns: Int, rows: Int)?
    /// The number of this process.
    package var process: Int
    /// Where the learner's own files are; nil without a home.
    package var stateFolder: String?

    /// What a program printed, and how it ended.
    package struct Output: Hashable, Sendable {
        package var text: String
        package var status: Int32

        package init(text: String, status: Int32 = 0) {
            self.text = text
            self.status = status
        }
    }

    /// A machine with nothing on it, to be furnished.
    package init(process: Int, stateFolder: String?) {
        self.process = process
        self.stateFolder = stateFolder
        run = { _ in nil }
        read = { _ in nil }
        list = { _ in [] }
        linkTarget = { _ in nil }
        isProgram = { _ in false }
        variable = { _ in nil }
        problemWriting = { _ in nil }
        screen = { nil }
    }

    /// Where PATH leads for a program.
    func path(of program: String) -> String? { paths(of: program).first }

    /// Where on PATH there are programs of this name, the one that is taken first. A folder that is another one by a
    /// link, as /bin is /usr/bin, counts once.
    func paths(of program: String) -> [String] {
        var seen: Set<String> = []
        return (variable("PATH") ?? "").split(separator: ":").map(String.init).filter { folder in
            let target = linkTarget(folder) ?? folder
            return seen.insert(target.hasPrefix("/") ? target : "/\(target)").inserted
        }.map { "\($0)/\(program)" }.filter(isProgram)
    }
}
