// swift-tools-version: 6.2

import PackageDescription

/// The settings of every Swift target: Swift 6 mode, explicit existentials, internal imports, strict memory safety,
/// and no warning left standing.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Tests keep the language rules but not the memory-safety audit: macros expand to code that nobody can annotate.
let testSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
        swiftSettings: testSettings)
}

/// The targets of the masking protocol, lowest first.
let protocolTargets: [Target.Dependency] = [
    "CryptoPrimitives", "WireFormat", "RingVectors", "DurableState", "RoundProtocol", "SecureAggregation",
]

let package = Package(
    name: "secure-aggregation",
    products: [
        .library(name: "SecureFederation", targets: ["SecureFederation"]),
        .library(name: "SecureAggregation", targets: ["SecureAggregation"]),
        .library(name: "PaillierAggregation", targets: ["PaillierAggregation"]),
        .library(name: "DifferentialPrivacy", targets: ["DifferentialPrivacy"]),
        .library(name: "FederatedLearning", targets: ["FederatedLearning"]),
        .library(name: "PredictiveMaintenance", targets: ["PredictiveMaintenance"]),
        .executable(name: "secagg-bench", targets: ["secagg-bench"]),
    ],
    traits: [
        .trait(
            name: "PlantedBugs",
            description:
                "Ten known faults, chosen at run time, by which the simulator's checkers are checked; never in a release."
        )
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
    ],
    targets: [
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        .systemLibrary(name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
        .target(name: "CKernels"),
        library("CryptoPrimitives", ["CSodium", "CKernels"]),
        library("WireFormat", ["CryptoPrimitives"]),
        library("RingVectors", ["CKernels", "CryptoPrimitives"]),
        library("DurableState", ["CryptoPrimitives"]),
        library("RoundProtocol", ["CryptoPrimitives", "WireFormat", "RingVectors", "DurableState"]),
        library(
            "SecureAggregation", ["CryptoPrimitives", "WireFormat", "RingVectors", "DurableState", "RoundProtocol"]),
        library(
            "PaillierAggregation",
            ["CGMP", "CKernels", "CryptoPrimitives", "WireFormat", "RingVectors", "DurableState", "RoundProtocol"]),
        library("DifferentialPrivacy", ["CryptoPrimitives", "WireFormat"]),
        library("FederatedLearning", ["CKernels"]),
        library(
            "SecureFederation",
            [
                "CryptoPrimitives", "WireFormat", "RingVectors", "DurableState", "RoundProtocol", "SecureAggregation",
                "PaillierAggregation", "DifferentialPrivacy", "FederatedLearning",
            ]),
        library("PredictiveMaintenance", ["FederatedLearning"]),
        library(
            "SecAggSimulation", protocolTargets + ["PaillierAggregation", "DifferentialPrivacy", "SecureFederation"]),
        .target(
            name: "FuzzTargets",
            dependencies: protocolTargets + [
                "PaillierAggregation", "DifferentialPrivacy", "FederatedLearning", "PredictiveMaintenance",
                "SecAggSimulation",
            ], path: "Fuzz/Sources/FuzzTargets", swiftSettings: testSettings),
        .executableTarget(
            name: "secagg-bench",
            dependencies: [
                "CryptoPrimitives", "WireFormat", "RingVectors", "DurableState", "RoundProtocol", "SecureAggregation",
                "PaillierAggregation", "DifferentialPrivacy", "FederatedLearning", "SecureFederation",
                "PredictiveMaintenance", "SecAggSimulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        tests("CryptoPrimitives", ["SecAggSimulation", "WireFormat"]),
        tests("WireFormat", []),
        tests(
            "RingVectors", ["CryptoPrimitives", "WireFormat", "SecAggSimulation"],
            exclude: ["make_known_answers.py", "aes-masks.json"]),
        tests("DurableState", ["CryptoPrimitives", "SecAggSimulation"]),
        tests("SecureAggregation", protocolTargets.dropLast() + ["SecAggSimulation"]),
        tests("SecAggSimulation", protocolTargets + ["SecureFederation"]),
        tests(
            "PaillierAggregation",
            ["CryptoPrimitives", "WireFormat", "RingVectors", "DurableState", "RoundProtocol", "SecAggSimulation"]),
        tests(
            "DifferentialPrivacy", ["CryptoPrimitives", "WireFormat"],
            exclude: [
                "Accounting/compare_speed.py", "Accounting/known-answers.json", "Accounting/make_coverage_answers.py",
                "Accounting/make_known_answers.py", "Accounting/make_reference.py", "Accounting/reference.json",
                "Audit/make_known_answers.py", "Ledger/known-ledger.jsonl", "Ledger/make_known_answers.py",
                "Noise/compare_speed.py", "Noise/known-answers.json", "Noise/make_known_answers.py",
                "Queries/known-answers.jsonl", "Queries/make_known_answers.py", "Report/check_report.py",
                "Report/known-answers.json", "Report/make_known_answers.py",
            ]),
        tests(
            "FederatedLearning", ["CKernels"],
            exclude: [
                "make_known_answers.py", "Clustering/make_known_answers.py", "Contribution/make_known_answers.py",
                "Life/make_known_answers.py",
                "Personalisation/make_known_answers.py", "Recurrent/make_known_answers.py",
                "Recurrent/compare_torch.py", "Robustness/make_known_answers.py", "Strategies/make_known_answers.py",
                "Survival/make_known_answers.py",
            ]),
        tests(
            "SecureFederation",
            protocolTargets + [
                "DifferentialPrivacy", "FederatedLearning", "PredictiveMaintenance", "SecAggSimulation",
            ],
            exclude: ["Bundle/make_known_answers.py"]),
        tests("FuzzTargets", ["RoundProtocol"]),
        tests("PredictiveMaintenance", ["FederatedLearning"], exclude: ["Features/make_known_answers.py"]),
    ],
    swiftLanguageModes: [.v6]
)
