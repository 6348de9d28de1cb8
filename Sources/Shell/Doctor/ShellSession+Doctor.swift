import Lab

extension ShellSession {
    /// `doctor`: this machine, with the ports of the cluster that runs.
    mutating func doctor() {
        let doctor = Doctor(machine: machine, terminal: terminal, ports: cluster.nodes.map(\.port))
        if !doctor.report() { countFailure() }
    }
}
