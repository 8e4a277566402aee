// swift-tools-version: 6.2

import PackageDescription

/// The fuzzer: the library's own sources (through the link `Library`), the entry functions, and one program that libFuzzer
/// drives. A package of its own, so that everything in it is compiled with coverage and AddressSanitizer:
///
///     swift build --package-path Fuzz --sanitize fuzzer --sanitize address -Xswiftc -sanitize=fuzzer,address
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]

/// The entry functions and the program keep the language rules of the tests.
let ownSettings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Library/" + name, swiftSettings: settings)
}

let lower: [Target.Dependency] = ["CryptoPrimitives", "WireFormat", "RingVectors", "DurableState", "RoundProtocol"]

let package = Package(
    name: "fuzz",
    targets: [
        .systemLibrary(name: "CSodium", path: "Library/CSodium", pkgConfig: "libsodium"),
        .systemLibrary(name: "CGMP", path: "Library/CGMP", pkgConfig: "gmp"),
        .target(name: "CKernels", path: "Library/CKernels"),
        library("CryptoPrimitives", ["CSodium", "CKernels"]),
        library("WireFormat", ["CryptoPrimitives"]),
        library("RingVectors", ["CKernels", "CryptoPrimitives"]),
        library("DurableState", ["CryptoPrimitives"]),
        library("RoundProtocol", ["CryptoPrimitives", "WireFormat", "RingVectors", "DurableState"]),
        library("SecureAggregation", lower),
        library("PaillierAggregation", lower + ["CGMP", "CKernels"]),
        library("DifferentialPrivacy", ["CryptoPrimitives", "WireFormat"]),
        library("FederatedLearning", ["CKernels"]),
        library(
            "SecureFederation",
            lower + ["SecureAggregation", "PaillierAggregation", "DifferentialPrivacy", "FederatedLearning"]),
        library("PredictiveMaintenance", ["FederatedLearning"]),
        library(
            "SecAggSimulation",
            lower + ["SecureAggregation", "PaillierAggregation", "DifferentialPrivacy", "SecureFederation"]),
        .target(
            name: "FuzzTargets",
            dependencies: lower + [
                "SecureAggregation", "PaillierAggregation", "DifferentialPrivacy", "FederatedLearning",
                "PredictiveMaintenance", "SecAggSimulation",
            ], swiftSettings: ownSettings),
        .executableTarget(
            name: "secagg-fuzz", dependencies: ["FuzzTargets"], swiftSettings: ownSettings,
            linkerSettings: [.linkedLibrary("m")]),
    ],
    swiftLanguageModes: [.v6]
)
