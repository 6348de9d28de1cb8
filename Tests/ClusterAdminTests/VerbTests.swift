import Testing

struct VerbTests {
}
