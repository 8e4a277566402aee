internal import ArgumentParser

/// What every verb takes.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print one versioned JSON object on one line instead of text.")
    var json = false
}
