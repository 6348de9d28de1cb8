import Lab

/// The templates of `--format`, as far as they name values: `{{.State.Status}}`, and `{{range .A}}{{.B}}{{end}}`.
enum DockerTemplate {
    /// Fills a template in.
    static func fill(_ template: String, from value: JSONValue) throws(DockerFailure) -> String {
        var result = ""
        var rest = template[...]
        while let start = rest.firstRange(of: "{{") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw refusal("unclosed action")
            }
            let action = rest[start.upperBound..<end.lowerBound].split(
                whereSeparator: \.isWhitespace
            )
            .map(String.init)
            rest = rest[end.upperBound...]
            if action.first == "range", action.count == 2 {
                guard let close = rest.firstRange(of: "{{end}}") else {
                    throw refusal("unexpected EOF")
                }
                for member in members(of: try find(action[1], in: value)) {
                    result += try fill(String(rest[..<close.lowerBound]), from: member)
                }
                rest = rest[close.upperBound...]
            } else if action.first == "json", action.count == 2 {
                result += try find(action[1], in: value).text
            } else if action.count == 1 {
                result += plain(try find(action[0], in: value))
            } else {
                throw refusal("function \"\(action.first ?? "")\" not defined")
            }
        }
        return result + rest
    }

    private static func find(
        _ path: String, in value: JSONValue
    ) throws(DockerFailure) -> JSONValue {
        guard path.hasPrefix(".") else { throw refusal("function \"\(path)\" not defined") }
        var value = value
        for name in path.split(separator: ".") {
            guard let next = value[String(name)] else {
                throw DockerFailure(
                    text: "template: :1:2: executing \"\" at <\(path)>: map has no entry for key "
                        + "\"\(name)\"")
            }
            value = next
        }
        return value
    }

    private static func members(of value: JSONValue) -> [JSONValue] {
        switch value {
        case .object(let members): members.map(\.value)
        case .list(let values): values
        case .text, .number, .flag: []
        }
    }

    private static func plain(_ value: JSONValue) -> String {
        if case .text(let text) = value { text } else { value.text }
    }

    private static func refusal(_ reason: String) -> DockerFailure {
        DockerFailure(text: "template parsing error: template: :1: \(reason)")
    }
}
