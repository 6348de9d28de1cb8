#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Asks for a password, and shows a star for each letter.
struct PasswordPrompt {
    let system: CLISystem
    let output: CLIOutput
    let input: InputLines

    /// A line of standard input; nil when there is none. Where it is no terminal, nothing is printed.
    func ask(_ question: String) throws(CLIExit) -> [UInt8]? {
        guard system.isInputTerminal else { return input.next() }
        var saved = termios()
        guard tcgetattr(STDIN_FILENO, &saved) == 0 else { return nil }
        var raw = saved
        cfmakeraw(&raw)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved)
            output.print("\n")
        }
        return readMasked(question)
    }

    private func readMasked(_ question: String) -> [UInt8]? {
        var typed: [UInt8] = []
        while true {
            output.print("\r\(question)\(String(repeating: "*", count: typed.count))\u{1B}[0K")
            output.flush()
            guard let byte = try? system.readInput(1).first else { return nil }
            switch byte {
            case 13, 10: return typed
            case 3: return nil
            case 4 where typed.isEmpty: return nil
            case 8, 127: _ = typed.popLast()
            case 21: typed = []
            default: typed.append(byte)
            }
        }
    }
}
