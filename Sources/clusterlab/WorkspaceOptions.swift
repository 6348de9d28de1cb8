import ArgumentParser
import LabHost
import NodeServer
import Shell

/// Where the learner works: programs that are typed at the prompt run there.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        help: "The folder that programs run in. It is made when the first one does.",
        completion: .directory)
    var workspace = "workspace"

    /// What runs the programs of a lab.
    func programs(_ lab: HostedLab, terminal: Terminal) -> ShellPrograms {
        ShellPrograms(
            workspace: absolutePath(workspace), programs: lab.place.programs,
            socket: lab.place.socket, stateFile: "\(lab.place.folder)/shell", output: .inherited,
            dockerCommands: DockerWords.commands.map {
                ProgramCommand(name: $0.name, options: $0.options)
            })
    }
}
