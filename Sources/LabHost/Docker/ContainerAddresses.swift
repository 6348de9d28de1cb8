import NodeServer

/// The addresses that a program in a container uses, as the machine knows them.
package enum ContainerAddresses {
    /// Where a connection from a container really goes.
    /// - Parameter address: the container's.
    package static func real(_ host: String, from address: String) -> String {
        NetworkView(address: address, published: [], machineAddresses: Set(Machine.addresses))
            .destination(of: host)
    }

    /// redis-cli's arguments for a program that runs in no container: those after -h, `host:port`, and -h itself
    /// where it is missing.
    package static func translated(_ arguments: [String], from address: String) -> [String] {
        var result: [String] = []
        var isHost = false
        for argument in arguments {
            let colon = argument.lastIndex(of: ":")
            if isHost {
                result.append(real(argument, from: address))
            } else if let colon, Int(argument[argument.index(after: colon)...]) != nil,
                !argument.contains("/")
            {
                result.append(real(String(argument[..<colon]), from: address) + argument[colon...])
            } else {
                result.append(argument)
            }
            isHost = argument == "-h"
        }
        guard !arguments.contains("-h"), !arguments.contains("--cluster") else { return result }
        return ["-h", real("127.0.0.1", from: address)] + result
    }
}
