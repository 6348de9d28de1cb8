import ArgumentParser
import Lab
import LabHost

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `clusterlab env`: what sets another terminal up to work with the running lab.
struct Environment: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print what gives a terminal the lab's redis-server, redis-cli and docker.",
        discussion: """
            Type  eval "$(clusterlab env)"  in the terminal. What is started there then lives in the running \
            lab; of several labs it is the one that the terminal works with already, else the newest, or the one \
            that --port names.
            """)

    @Option(help: "The first port of the lab, where several run.")
    var port: Int?

    func run() throws {
        let labs = LabPlaces().running
        guard let lab = LabPlaces.chosen(of: labs, port: port, socket: Self.ownSocket) else {
            throw LabError.unsupported(Self.advice(labs, port))
        }
        StandardOutput.output.write(lab.environment)
    }

    /// The lab that this terminal works with, as an earlier `clusterlab env` or the lab's own prompt has set it.
    private static var ownSocket: String? {
        getenv("CLUSTERLAB_SOCKET").map { String(cString: $0) }
    }

    private static func advice(_ labs: [LabPlace], _ port: Int?) -> String {
        let ports = labs.compactMap(\.port).map { "\($0)" }.joined(separator: ", ")
        guard ports.isEmpty else {
            return "no lab runs with first port \(port ?? 0); there are: \(ports)"
        }
        return """
            no lab is running. In another terminal type ./lab play, or ./lab up; then, here again, \
            eval "$(clusterlab env)"
            """
    }
}
