// swift-tools-version: 6.2

import PackageDescription

/// The constant-time checks of both libraries' Swift level: a package of its own, since they reach into the library
/// and run under another program. `run.sh` builds and runs them.
let package = Package(
    name: "constant-time",
    dependencies: [.package(name: "secure-aggregation", path: "../..")],
    targets: [
        .target(name: "CMemcheck", path: "CMemcheck"),
        .executableTarget(
            name: "constant-time-check",
            dependencies: [
                "CMemcheck", .product(name: "PaillierAggregation", package: "secure-aggregation"),
                .product(name: "SecureAggregation", package: "secure-aggregation"),
            ],
            path: "Check"),
    ],
    swiftLanguageModes: [.v6]
)
