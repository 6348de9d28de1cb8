import Lab
import RESP
import Shell
import Synchronization
import Testing

/// `live`: a number is added up while a screen waits.
struct LiveTests {
    /// A node whose GET is one more each time that it is asked to.
    private final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock(\.self) }

        func add() { count.withLock { $0 += 1 } }
    }

    private let counter = Counter()

    private var cluster: ScriptedCluster {
        let counter = counter
        return ScriptedCluster { _, command in
            command == "GET a" ? .array([.integer(7), .integer(Int64(counter.value))]) : .null
        }
    }

    private func shown(hasColour: Bool, _ pauses: [() -> Void]) -> (String, ScriptedShell) {
        let shell = ScriptedShell(isInteractive: false)
        shell.pauses = pauses
        var session = shell.session(on: cluster, width: 40, height: 3, hasColour: hasColour)
        session.run("live GET a every 0.2")
        return (shell.screen, shell)
    }

    @Test func `without colour a drawing is printed when it differs, its new lines marked`() {
        let (screen, shell) = shown(hasColour: false, [{}, counter.add, {}, {}])
        #expect(
            screen == """
                live GET a, every 0.200 s: any key ends it
                  1) (integer) 7
                  2) (integer) 0
                ---
                  1) (integer) 7
                * 2) (integer) 1

                """)
        #expect(shell.remembered == ["live GET a every 0.2"])
    }

    @Test func `at a terminal without colour it is drawn in its place, too, its new lines marked`() {
        let shell = ScriptedShell(isInteractive: false)
        shell.pauses = [counter.add]
        var session = shell.session(on: cluster, width: 40, height: 3, isScreen: true)
        session.run("live GET a every 0.2")
        #expect(shell.screen.contains("\r\n  1) (integer) 7\u{1B}[K\r\n* 2) (integer) 1\u{1B}[K"))
        #expect(!shell.screen.contains("---"))
    }

    @Test func `at a terminal it is drawn in its place, and what has changed is inverse`() {
        let (screen, _) = shown(hasColour: true, [counter.add])
        let title = "\u{1B}[Hlive GET a, every 0.200 s: any key ends…\u{1B}[K"
        #expect(
            screen == "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J" + title
                + "\r\n1) (integer) 7\u{1B}[K\r\n2) (integer) 0\u{1B}[K\u{1B}[J" + title
                + "\r\n1) (integer) 7\u{1B}[K\r\n2) (integer) \u{1B}[1;7m1\u{1B}[0m\u{1B}[K\u{1B}[J"
                + "\u{1B}[?25h\u{1B}[?1049l1) (integer) 7\n2) (integer) 1\n")
    }
}
