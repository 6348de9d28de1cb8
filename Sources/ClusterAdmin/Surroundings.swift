package import Lab

/// What the verbs of `redis-cli --cluster` meet outside: the nodes, the terminal, the clock. All of it is
/// injected, so that every run can be repeated to the byte.
package struct Surroundings {
    /// Opens a connection to any node.
    package var connect: (NodeAddress) throws(LabError) -> any LabConnection
    /// Why nobody can connect to a port, and that soon; nil where one can.
    package var obstacle: (NodeAddress) throws(LabError) -> String?
    /// The IP address of a host, which CLUSTER MEET wants; nil where there is none.
    package var resolve: (String) -> String?
    package var standardOutput: ([UInt8]) -> Void
    package var standardError: ([UInt8]) -> Void
    /// The next typed line without its end; nil where standard input has ended.
    package var readLine: () throws(LabError) -> String?
    package var sleep: (Duration) throws(LabError) -> Void
    /// Unix time in seconds: redis-cli seeds what it draws with it.
    package var unixTime: () -> UInt32
    package var environment: (String) -> String?

    package init(
        connect: @escaping (NodeAddress) throws(LabError) -> any LabConnection,
        obstacle: @escaping (NodeAddress) throws(LabError) -> String?,
        resolve: @escaping (String) -> String?,
        standardOutput: @escaping ([UInt8]) -> Void,
        standardError: @escaping ([UInt8]) -> Void,
        readLine: @escaping () throws(LabError) -> String?,
        sleep: @escaping (Duration) throws(LabError) -> Void,
        unixTime: @escaping () -> UInt32,
        environment: @escaping (String) -> String?
    ) {
        self.connect = connect
        self.obstacle = obstacle
        self.resolve = resolve
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.readLine = readLine
        self.sleep = sleep
        self.unixTime = unixTime
        self.environment = environment
    }

    /// Writes to standard output.
    func say(_ text: String) { standardOutput(Array(text.utf8)) }

    /// Writes to standard error.
    func complain(_ text: String) { standardError(Array(text.utf8)) }

    /// redis-cli colours its log by the name of the terminal alone, also when its output goes elsewhere.
    var hasColour: Bool { environment("TERM")?.contains("xterm") == true }
}
