/// A command of a program such as docker, for completion.
package struct ProgramCommand: Sendable {
    package var name: String
    package var options: [String]

    package init(name: String, options: [String]) {
        self.name = name
        self.options = options
    }
}
