/// What a new lesson or exercise begins with: a task that works, to be replaced word by word.
package enum LessonForm {
    /// A lesson of two steps and its solution.
    package static func lesson(id: String, title: String) -> (text: String, solution: String) {
        let key = "\(id):1"
        let text = """
            ---
            id: \(id)
            title: \(title)
            minutes: 5
            ---

            Say in a few lines what this lesson is about, and why a reader should care.

            ```cluster
            masters 3
            replicas 1
            ```

            ## Store a key

            Say what will be seen, then let it be done: store any value under `\(key)`.

            ```predict
            Which node will hold it?
            truth: owner(\(key))
            ```

            ```check
            `\(key)` is stored on its owner
                @owner(\(key)) EXISTS \(key) = 1
                wrong ran GET \(key) giving nil: You have read it, but it is not there yet. Which command writes?
                wrong saw MOVED: That node is not its owner, and said who is. Where do you ask again?
                proven: ${owner(\(key))} holds `\(key)`, in slot ${slot(\(key))}.
            ```

            ```hint
            Which command writes a string, and which node takes it?
            ```

            ```hint
            `SET`, at the node that `MOVED` names, or behind `redis-cli -c -p 7000`.
            ```

            ```hint
            `redis-cli -c -p 7000`, then `SET \(key) hello`
            ```

            ```why
            Say why it happened, with the reader's own values: slot ${slot(\(key))} belongs to ${owner(\(key))}.
            ```

            ## Find its slot

            Ask the cluster for the slot of `\(key)`, and hand it in with `answer`.

            ```check
            The slot is handed in
                answer = slot(\(key))
                wrong answer = owner(\(key)): That is the node. The slot is a number from 0 to 16383.
                proven: `\(key)` hashes to slot ${slot(\(key))}.
            ```

            ```hint
            Which command asks a node about slots?
            ```

            ```hint
            One of the subcommands of `CLUSTER` takes a key.
            ```

            ```hint
            `CLUSTER KEYSLOT \(key)`, then `answer ${slot(\(key))}`
            ```

            ```why
            The slot is computed from the name alone: every node says the same.
            ```

            ## Recap

            - Say in one line what to keep.

            """
        let solution = """
            ## Store a key

            Any value will do: the check looks at the node that owns the key, not at what was typed.

            ```redis
            127.0.0.1:7000> redis-cli -c -p 7000
            lab> SET \(key) hello
            ...
            OK
            ```

            ```wrong
            127.0.0.1:7000> redis-cli -c -p 7000
            lab> GET \(key)
            ! You have read it
            ```

            ## Find its slot

            Any node may be asked.

            ```redis
            lab> CLUSTER KEYSLOT \(key)
            (integer) *
            lab> answer ${slot(\(key))}
            ```

            ```wrong
            lab> answer ${owner(\(key))}
            ! That is the node
            ```

            """
        return (text, solution)
    }

    /// An exercise and its solution.
    package static func exercise(id: String, title: String) -> (text: String, solution: String) {
        let text = """
            ---
            id: \(id)
            title: \(title)
            minutes: 5
            kind: practice
            ---

            Say what is to be brought about: ${count} keys under `\(id):1` to `\(id):${count}`, and no others.

            ```vary
            count: 3 | 4 | 5
            ```

            ```cluster
            masters 3
            replicas 1
            ```

            ```check
            [3] There are ${count} keys
                keys(\(id):*) = ${count}
                wrong keys(\(id):*) > ${count}: There are more than that. Which of them are too many?
                lacks: How many are there, on all masters together? Ask `@masters DBSIZE`.
            [1 kept] Every slot has an owner
                @any served() = 16384
            ```

            ```hint
            Which command stores a key, and how does a client find the node that takes it?
            ```

            ```hint costs 1
            `redis-cli -c -p 7000` follows redirects: then `SET` works for every key.
            ```

            ```hint costs 2
            `redis-cli -c -p 7000`, then `SET \(id):1 x` and so on, up to ${count}.
            ```

            """
        let keys = (1...5).map { "lab> SET \(id):\($0) x" }
        let solution = """
            Each key goes to its own slot, so the session has to follow redirects.

            ```redis
            127.0.0.1:7000> redis-cli -c -p 7000
            \(keys.prefix(3).joined(separator: "\n"))
            lab> SET \(id):${count} x
            ```

            Where there are to be five, the fourth is lacking still:

            ```redis
            lab> SET \(id):${fourth} x
            ```

            One key too many:

            ```wrong
            127.0.0.1:7000> redis-cli -c -p 7000
            \(keys.joined(separator: "\n"))
            lab> SET \(id):6 x
            ! There are more than that
            ```

            Nothing was stored:

            ```wrong
            127.0.0.1:7000> PING
            ! How many are there
            ```

            """
        let varied = text.replacing(
            "count: 3 | 4 | 5", with: "count fourth: 3 3 | 4 4 | 5 4")
        return (varied, solution)
    }
}
