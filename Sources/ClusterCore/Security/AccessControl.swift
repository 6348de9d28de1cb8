import Keyspace
import RESP

/// The users of a node, and what was refused to whom (acl.c).
struct AccessControl: Sendable {
    /// By name, in the order of its bytes, in which Redis shows them.
    private(set) var users: [User]
    var log = AccessLog()
    private var startsWithAllChannels: Bool

    /// The users that a configuration defines, and the default one.
    init(_ configuration: Configuration) {
        startsWithAllChannels = configuration.aclPubsubDefault == "allchannels"
        users = [
            User.standard(
                password: configuration.requirepass, startsWithAllChannels: startsWithAllChannels)
        ]
        for definition in configuration.users { define(definition) }
    }

    /// Takes over what CONFIG SET has changed.
    mutating func follow(_ configuration: Configuration, from previous: Configuration) {
        startsWithAllChannels = configuration.aclPubsubDefault == "allchannels"
        log.trim(to: configuration.acllogMaxLen)
        guard configuration.requirepass != previous.requirepass else { return }
        var user = standard
        user.setOnlyPassword(configuration.requirepass)
        put(user)
    }

    /// The user `default`, which cannot be removed.
    var standard: User {
        guard let user = user(named: "default") else {
            preconditionFailure("there is no default user among \(users.count)")
        }
        return user
    }

    /// Whether connections have to log in before anything else.
    var requiresLogin: Bool { !standard.needsNoPassword || !standard.isEnabled }

    func user(named name: ByteString) -> User? { users.first { $0.name == name } }

    /// A user as it would be before the first rule.
    func newUser(_ name: ByteString) -> User {
        User(name, startsWithAllChannels: startsWithAllChannels)
    }

    /// Adds a user, or puts it in place of the one that had its name.
    mutating func put(_ user: User) {
        if let index = users.firstIndex(where: { $0.name == user.name }) {
            users[index] = user
        } else {
            let place = users.firstIndex {
                user.name.bytes.lexicographicallyPrecedes($0.name.bytes)
            }
            users.insert(user, at: place ?? users.count)
        }
    }

    /// - Returns: whether there was such a user.
    mutating func remove(_ name: ByteString) -> Bool {
        guard let index = users.firstIndex(where: { $0.name == name }) else { return false }
        users.remove(at: index)
        return true
    }

    /// A `user` of redis.conf, which has been found right before.
    private mutating func define(_ words: [String]) {
        let name = ByteString(words.first ?? "")
        var user = newUser(name)
        // Of the default user there are rules already.
        let words = (name == "default" ? ["reset"] : []) + words.dropFirst()
        let rules = words.map { Array($0.utf8) }
        do throws(ReplyError) {
            try user.apply(rules)
        } catch {
            preconditionFailure("a definition was taken that says: \(error.message)")
        }
        put(user)
    }
}
