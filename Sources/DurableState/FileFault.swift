/// What can go wrong with one file or directory, before a store gives it a meaning.
enum FileFault: Error {
    case inputOutput(Int32)
    case insecurePermissions(UInt32)
    case wrongOwner
    case notRegular
    case tooLarge
    case changedWhileRead
}
