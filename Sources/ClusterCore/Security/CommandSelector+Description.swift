import Keyspace

/// Rules that say again what a selector allows, in as few words as Redis finds.
extension CommandSelector {
    /// Rules about keys, channels and commands, as ACL LIST shows them (`ACLDescribeSelector`).
    var description: String {
        let keys = keyRules.isEmpty ? "" : keyRules + " "
        let channels =
            allowsAllChannels ? "&* " : "resetchannels " + self.channels.map { "&\($0) " }.joined()
        return keys + channels + commandRules
    }

    /// The rules about keys.
    var keyRules: String {
        allowsAllKeys ? "~*" : keys.map(\.description).joined(separator: " ")
    }

    /// The rules about channels, as ACL GETUSER shows them.
    var channelRules: String {
        allowsAllChannels ? "&*" : channels.map { "&\($0)" }.joined(separator: " ")
    }

    /// The rules about commands: all or none, then the categories that fit best, then single commands
    /// (`ACLDescribeSelectorCommandRules`).
    var commandRules: String {
        let isAdditive = !allowsFutureCommands
        var rules = [isAdditive ? "-@all" : "+@all"]
        // What the rules so far come to.
        var described = CommandSelector()
        described.commands = CommandSet(
            count: CommandCatalog.standard.commands.count, isFull: !isAdditive)
        for category in categoryRules(isAdditive) {
            described.change(category, isAdditive)
            rules.append((isAdditive ? "+@" : "-@") + category.name)
        }
        for (number, command) in CommandCatalog.standard.commands.enumerated() {
            let isAllowed = commands.contains(number)
            if isAllowed != described.commands.contains(number) {
                rules.append((isAllowed ? "+" : "-") + command.fullName)
                described.change(number, isAllowed)
            }
            if !isAllowed, let arguments = firstArguments[number] {
                rules += arguments.map { "+\(command.fullName)|\($0)" }
            }
        }
        return rules.joined(separator: " ")
    }

    /// The categories that say most of it: again and again the one with the fewest commands that would have to be
    /// taken back, as long as it has more that are right.
    private func categoryRules(_ isAdditive: Bool) -> [CommandCatalog.Category] {
        var chosen: [CommandCatalog.Category] = []
        var remaining = self
        var candidates = CommandCatalog.standard.categories
        while let best = remaining.bestFit(among: candidates, isAdditive) {
            chosen.append(candidates[best])
            remaining.change(candidates[best], !isAdditive)
            candidates.remove(at: best)
        }
        return chosen
    }

    private func bestFit(
        among categories: [CommandCatalog.Category], _ isAdditive: Bool
    ) -> Int? {
        var best: (index: Int, wrong: Int, right: Int)?
        for (index, category) in categories.enumerated() {
            let allowed = commands.countInCommon(with: category.members)
            let refused = category.members.count - allowed
            let (right, wrong) = isAdditive ? (allowed, refused) : (refused, allowed)
            guard right > wrong else { continue }
            if let best, (best.wrong, -best.right) <= (wrong, -right) { continue }
            best = (index, wrong, right)
        }
        return best?.index
    }
}

extension CommandSelector.KeyPattern {
    fileprivate var description: String {
        switch uses {
        case .read: "%R~\(pattern)"
        case .write: "%W~\(pattern)"
        default: "~\(pattern)"
        }
    }
}
