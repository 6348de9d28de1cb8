/// The ACL categories of a command.
package struct ACLCategories: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let keyspace = ACLCategories(rawValue: 1 << 0)
    package static let read = ACLCategories(rawValue: 1 << 1)
    package static let write = ACLCategories(rawValue: 1 << 2)
    package static let set = ACLCategories(rawValue: 1 << 3)
    package static let sortedSet = ACLCategories(rawValue: 1 << 4)
    package static let list = ACLCategories(rawValue: 1 << 5)
    package static let hash = ACLCategories(rawValue: 1 << 6)
    package static let string = ACLCategories(rawValue: 1 << 7)
    package static let bitmap = ACLCategories(rawValue: 1 << 8)
    package static let hyperloglog = ACLCategories(rawValue: 1 << 9)
    package static let geo = ACLCategories(rawValue: 1 << 10)
    package static let stream = ACLCategories(rawValue: 1 << 11)
    package static let pubsub = ACLCategories(rawValue: 1 << 13)
    package static let admin = ACLCategories(rawValue: 1 << 14)
    package static let fast = ACLCategories(rawValue: 1 << 15)
    package static let slow = ACLCategories(rawValue: 1 << 16)
    package static let blocking = ACLCategories(rawValue: 1 << 17)
    package static let dangerous = ACLCategories(rawValue: 1 << 18)
    package static let connection = ACLCategories(rawValue: 1 << 19)
    package static let transaction = ACLCategories(rawValue: 1 << 20)
    package static let scripting = ACLCategories(rawValue: 1 << 21)

    /// The categories with the names that COMMAND INFO gives them, in its order.
    package static let names: [(category: ACLCategories, name: String)] = [
        (.keyspace, "@keyspace"), (.read, "@read"), (.write, "@write"), (.set, "@set"),
        (.sortedSet, "@sortedset"), (.list, "@list"), (.hash, "@hash"), (.string, "@string"),
        (.bitmap, "@bitmap"), (.hyperloglog, "@hyperloglog"), (.geo, "@geo"),
        (.stream, "@stream"), (.pubsub, "@pubsub"), (.admin, "@admin"), (.fast, "@fast"),
        (.slow, "@slow"),
        (.blocking, "@blocking"), (.dangerous, "@dangerous"), (.connection, "@connection"),
        (.transaction, "@transaction"), (.scripting, "@scripting"),
    ]
}
