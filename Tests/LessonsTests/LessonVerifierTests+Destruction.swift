import Lab
import LabBackends

/// The backends on which wrong attempts are undone.
enum TestedLab: String, CaseIterable {
    case simulated
    case inProcess

    var backend: any LabBackend {
        switch self {
        case .simulated: SimulatedLab()
        case .inProcess: InProcessLab()
        }
    }
}

extension LessonVerifierTests {
    /// Wrong attempts take keys and slots away and lock everybody out, while a writer writes.
    static let destructive = """
        ---
        id: b
        title: B
        ---
        ```cluster
        masters 3
        replicas 1
        fill {a}: 3
        ```

        ## One

        ```check
        7000 has it
            @7000 CLUSTER COUNTKEYSINSLOT 3300 = 1
            wrong @7002 CLUSTER COUNTKEYSINSLOT 15495 = 0: The others are gone.
        ```

        ```hint
        `SET`
        ```

        ## Two

        ```check
        The three are there still, and another one
            @7002 CLUSTER COUNTKEYSINSLOT 15495 = 4
            wrong @7002 CLUSTER COUNTKEYSINSLOT 15495 = 0: The three are gone.
            wrong @7002 CLUSTER COUNTKEYSINSLOT 15495 = 3 and writer acknowledged > 0: There are three.
        ```

        ```hint
        `SET`
        ```

        ## Recap

        - Nothing is lost.
        """

    static let destructiveSolution = """
        ## One

        ```redis
        lab> writer start 50
        127.0.0.1:7000> SET {b}:3 x
        OK
        ```

        ```wrong
        127.0.0.1:7002> FLUSHALL
        OK
        ! others are gone
        ```

        ```wrong
        127.0.0.1:7002> FLUSHDB
        OK
        127.0.0.1:7002> CLUSTER DELSLOTS 15495
        OK
        ! others are gone
        ```

        ## Two

        ```redis
        127.0.0.1:7002> SET {a}:4 x
        OK
        ```

        ```wrong
        127.0.0.1:7002> FLUSHALL
        OK
        127.0.0.1:7002> CONFIG SET maxclients 1
        OK
        ! three are gone
        ```

        ```wrong
        127.0.0.1:7002> EXISTS {a}:1 {a}:2 {a}:3
        (integer) 3
        ! There are three
        ```
        """
}
