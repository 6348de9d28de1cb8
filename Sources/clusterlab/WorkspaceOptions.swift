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

    /// The folder's absolute path.
    var path: String { absolutePath(workspace) }

    /// What runs the programs of a lab.
    func programs(of lab: HostedLab) -> ShellPrograms {
        Self.programs(
            of: lab, in: path, stateFile: "\(lab.place.folder)/shell")
    }

    /// The same in a folder, whose path is absolute.
    static func programs(
        of lab: HostedLab, in workspace: String, stateFile: String
    ) -> ShellPrograms {
        ShellPrograms(
            workspace: workspace, programs: lab.place.programs, socket: lab.place.socket,
            stateFile: stateFile, output: .inherited,
            dockerCommands: DockerWords.commands.map {
                ProgramCommand(name: $0.name, options: $0.options)
            })
    }
}
