import Lab

/// Why a verb ends before its end.
enum VerbFailure: Error {
    /// All is said that has to be said; the program ends with this code.
    case exit(Int32)
    /// A node went away in the middle.
    case lost(LabError)
    /// Ctrl-C.
    case interrupted

    /// The verb has printed what went wrong.
    static let failed = VerbFailure.exit(1)

    init(_ error: LabError) {
        self = error == .interrupted ? .interrupted : .lost(error)
    }
}
