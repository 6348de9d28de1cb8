import ArgumentParser
import ClusterCore

/// `clusterlab commands`: which commands the nodes have.
struct CommandsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commands",
        abstract: "Print the table of the nodes' commands, as Markdown.",
        discussion: "At a prompt `help` tells of each: how it is written, and what it does.")

    func run() {
        StandardOutput.output.write(CommandTable.standard.page)
    }
}
