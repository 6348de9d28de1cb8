/// A value in memory of its own, so that what holds it stays small. Copies share the memory until one of
/// them changes.
struct Boxed<Content: Hashable & Sendable>: Hashable, Sendable {
    /// An array of one is the box that the language offers.
    private var storage: [Content]

    init(_ content: Content) {
        storage = [content]
    }

    /// Reads or changes the content in place.
    var content: Content {
        @inline(__always)
        _read { yield storage[0] }
        @inline(__always)
        _modify { yield &storage[0] }
    }
}
