import ClusterCore

/// What is going to happen, the earliest first; what is due at the same instant happens in the order in which it
/// was scheduled. A binary heap of small entries; the occurrences themselves stay where they are.
struct EventQueue<Occurrence: Sendable>: Sendable {
    private struct Entry: Sendable {
        let time: Int64
        let sequence: UInt64
        let place: Int32

        @inline(__always)
        func precedes(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : sequence < other.sequence
        }
    }

    private var heap: [Entry] = []
    private var occurrences: [Occurrence?] = []
    private var free: [Int32] = []
    private var nextSequence: UInt64 = 0

    var count: Int { heap.count }

    /// When the next thing happens.
    var nextTime: Instant? { heap.first.map { Instant(nanoseconds: $0.time) } }

    mutating func schedule(_ occurrence: Occurrence, at time: Instant) {
        let place: Int32
        if let last = free.popLast() {
            place = last
            occurrences[Int(place)] = occurrence
        } else {
            place = Int32(occurrences.count)
            occurrences.append(occurrence)
        }
        heap.append(Entry(time: time.nanoseconds, sequence: nextSequence, place: place))
        nextSequence += 1
        siftUp(heap.count - 1)
    }

    /// Takes out the next thing.
    mutating func next() -> (time: Instant, occurrence: Occurrence)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            siftDown()
        }
        let place = Int(first.place)
        guard let occurrence = occurrences[place].take() else {
            preconditionFailure("nothing is kept at \(place)")
        }
        free.append(first.place)
        return (Instant(nanoseconds: first.time), occurrence)
    }

    /// Lets everything that is going to happen do so at another time, or at the same; what then is due at the same
    /// instant happens in the order in which it was scheduled.
    mutating func reschedule(_ time: (Occurrence, Instant) -> Instant) {
        let entries = heap.map { entry in
            guard let occurrence = occurrences[Int(entry.place)] else {
                preconditionFailure("nothing is kept at \(entry.place)")
            }
            let new = time(occurrence, Instant(nanoseconds: entry.time))
            return Entry(time: new.nanoseconds, sequence: entry.sequence, place: entry.place)
        }
        heap = []
        for entry in entries {
            heap.append(entry)
            siftUp(heap.count - 1)
        }
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        let entry = heap[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.precedes(heap[parent]) else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    private mutating func siftDown() {
        var index = 0
        let entry = heap[0]
        let count = heap.count
        while true {
            var child = 2 * index + 1
            guard child < count else { break }
            if child + 1 < count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(entry) else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
