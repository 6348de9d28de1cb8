/// What a node cannot know by itself, for INFO: its driver looks it up and sets it from time to time. What is
/// nil, or empty, INFO leaves out.
package struct HostFacts: Hashable, Sendable {
    package var processID: Int?
    /// `Linux 6.1.0 x86_64`.
    package var operatingSystem = ""
    package var executable = ""
    /// The configuration that the node was started with.
    package var configurationFile = ""
    package var memory: Memory?
    package var processor: Processor?

    /// Bytes of memory. Nodes that share a process all show the whole of it.
    package struct Memory: Hashable, Sendable {
        /// Allocated for data and buffers.
        package var used: Int
        package var resident: Int
        /// The most that `used` has been.
        package var peak: Int
        /// Of the machine.
        package var total: Int

        package init(used: Int, resident: Int, peak: Int, total: Int) {
            self.used = used
            self.resident = resident
            self.peak = peak
            self.total = total
        }
    }

    /// Processor time of the process.
    package struct Processor: Hashable, Sendable {
        package var system: Duration
        package var user: Duration

        package init(system: Duration, user: Duration) {
            self.system = system
            self.user = user
        }
    }

    /// What waits for its sockets.
    package var multiplexing = "epoll"

    package init() {}
}
