/// The script that runs one line of the prompt so that the next one finds what it left: the folder, and in bash all
/// variables and functions; another sh can only tell which variables are exported.
struct ShellScript {
    /// Where the variables and functions are kept.
    let state: String
    /// Where the line begins.
    let folder: String

    /// Runs the line, and keeps what it leaves, also when Ctrl-C ends it.
    func running(_ line: String) -> String {
        """
        \(beginning)
        clusterlab_keep() {
            {
                if [ -n "${BASH_VERSION-}" ]; then
                    declare -p | grep -Ev '\(Self.untold)'
                    declare -f
                else
                    export -p
                fi
            } >\(quoted(state)) 2>/dev/null
            pwd >\(quoted(state + ".folder"))
        }
        trap clusterlab_keep EXIT
        trap 'exit 130' INT
        eval \(quoted(line))
        """
    }

    /// Succeeds where the shell has something of that name.
    func asking(for word: String) -> String {
        """
        \(beginning)
        type \(quoted(word)) >/dev/null 2>&1
        """
    }

    private var beginning: String {
        """
        [ -r \(quoted(state)) ] && . \(quoted(state)) 2>/dev/null
        cd \(quoted(folder)) 2>/dev/null
        """
    }

    /// What bash says of variables that it sets by itself, and of those that nobody can set.
    private static let untold =
        "^declare -[a-zA-Z]*r|^declare -[-a-zA-Z]+ "
        + "(BASH|FUNCNAME|DIRSTACK|EPOCH|GROUPS|PIPESTATUS|RANDOM|SECONDS|SRANDOM|LINENO|SHLVL|PPID|UID|EUID|_=)"

    private func quoted(_ text: String) -> String {
        "'"
            + text.split(separator: "'", omittingEmptySubsequences: false).joined(
                separator: "'\\''")
            + "'"
    }
}
