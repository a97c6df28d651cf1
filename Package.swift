// swift-tools-version: 6.2
import PackageDescription

/// Settings every Swift target of ours shares; a warning in our own code is an error in CI (`-warnings-as-errors` there,
/// because SwiftPM applies a manifest flag to a versioned dependant too).
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// lld links a debug binary of this size in a fraction of the time the default linker takes.
let lld: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld"])]

/// A Swift target, its allowed imports spelled out: CI refuses any other (see `deploy/check-layers`).
func swiftTarget(
    _ name: String, _ dependencies: [Target.Dependency] = [], extra: [SwiftSetting] = [], resources: [Resource]? = nil
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict + extra)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: ["ShrikeCore"] + dependencies, exclude: exclude,
        swiftSettings: strict, linkerSettings: lld)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "shrike",
    products: [.executable(name: "shrike", targets: ["shrike"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        // Layer 0: C and C++ behind C headers.
        // unsafeFlags only names OpenCV's absolute include folder; its pkg-config file would link all 57 libraries.
        .target(
            name: "COpenCV",
            cxxSettings: [.unsafeFlags(["-isystem", "/usr/include/opencv4"])],
            linkerSettings: ["core", "imgproc", "imgcodecs", "videoio", "video", "calib3d", "dnn"].map {
                .linkedLibrary("opencv_\($0)")
            }),
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CInference", linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CGeoData", linkerSettings: [.linkedLibrary("dl")]),
        .target(name: "CHTTP", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CSandbox", linkerSettings: [.linkedLibrary("seccomp")]),

        // Layer 1: the contract and numeric kernels.
        swiftTarget("ShrikeCore", resources: [.embedInCode("Schemas")]),
        swiftTarget("Kernels", ["CKernels"]),
        swiftTarget("Integrity", [.product(name: "Crypto", package: "swift-crypto")]),

        // Layer 2: pixels.
        swiftTarget("Imaging", ["ShrikeCore", "COpenCV"], extra: [.enableExperimentalFeature("Lifetimes")]),

        // Layer 3: one job each; siblings do not know each other.
        swiftTarget("FrameSources", ["ShrikeCore", "Imaging", "Integrity", "CSandbox"]),
        swiftTarget("Telemetry", ["ShrikeCore"]),
        swiftTarget("ModelBundles", ["ShrikeCore", "Integrity"]),
        swiftTarget("Inference", ["ShrikeCore", "Kernels", "Imaging", "CInference"]),
        swiftTarget("Tracking", ["ShrikeCore"]),
        swiftTarget("Alerting", ["ShrikeCore", "Integrity"], resources: [.embedInCode("Rules")]),
        swiftTarget("Outbox", ["ShrikeCore", "Integrity", .product(name: "GRDB", package: "GRDB.swift")]),
        swiftTarget(
            "Messaging",
            ["ShrikeCore", "CMosquitto", .product(name: "Subprocess", package: "swift-subprocess")]),
        swiftTarget("Evidence", ["ShrikeCore", "Imaging", "Integrity"]),
        swiftTarget("Reporting", ["ShrikeCore"]),
        swiftTarget("SyntheticFootage", ["ShrikeCore", "Imaging", "Kernels"]),

        // Layer 4: pixels to defects; metrics computed; models on their way.
        swiftTarget("ModelRegistry", ["ShrikeCore", "Integrity", "ModelBundles", "CHTTP"]),
        swiftTarget("Detection", ["ShrikeCore", "Kernels", "Imaging", "ModelBundles", "Inference"]),
        swiftTarget("Evaluation", ["ShrikeCore", "Integrity", "Kernels", "Imaging"]),
        swiftTarget("DefectIdentity", ["ShrikeCore", "Imaging"]),
        swiftTarget("Geolocation", ["ShrikeCore", "Telemetry", "CGeoData"]),

        // Layer 5: bases from published weights, measured through the features that serve.
        swiftTarget(
            "BackboneImport", ["ShrikeCore", "Kernels", "Inference", "Detection", "CZlib"]),
        // Scenes taught on the features that serve.
        swiftTarget(
            "SceneTraining",
            ["ShrikeCore", "Integrity", "Kernels", "Imaging", "ModelBundles", "Detection", "Evaluation"]),

        // Layer 6: what a browser or Prometheus sees.
        swiftTarget(
            "Dashboard",
            ["ShrikeCore", logging, lifecycle, .product(name: "Hummingbird", package: "hummingbird")]),

        // Layer 7: the composition root.
        swiftTarget(
            "Agent",
            [
                "ShrikeCore", "Integrity", "Imaging", "FrameSources", "Telemetry", "ModelBundles", "ModelRegistry",
                "Inference", "Tracking",
                "Alerting", "Outbox", "Messaging", "Evidence", "Reporting", "Detection", "Evaluation", "DefectIdentity",
                "BackboneImport", "SceneTraining", "Dashboard",
                "SyntheticFootage", "Geolocation", logging, lifecycle, unixSignals,
                .product(name: "Yams", package: "Yams"),
            ]),

        // Layer 8: the command line.
        .executableTarget(
            name: "shrike", dependencies: ["ShrikeCore", "Agent", argumentParser, logging],
            swiftSettings: strict, linkerSettings: lld),

        // Tests.
        swiftTarget("TestKit", ["ShrikeCore", "Imaging", .product(name: "Subprocess", package: "swift-subprocess")]),
        tests("ShrikeCoreTests", ["TestKit"]),
        tests("KernelsTests", ["Kernels"]),
        tests("IntegrityTests", ["Integrity"]),
        tests("ImagingTests", ["Imaging", "TestKit"]),
        tests("FrameSourcesTests", ["FrameSources", "Imaging", "TestKit"]),
        tests("TelemetryTests", ["Telemetry", "TestKit"]),
        tests("GeolocationTests", ["Geolocation", "Telemetry", "TestKit"]),
        tests("ModelBundlesTests", ["Integrity", "ModelBundles", "TestKit"]),
        tests(
            "ModelRegistryTests", ["ModelRegistry", "Integrity", "ModelBundles", "TestKit"],
            exclude: ["registry_stand_in.py"]),
        tests("InferenceTests", ["Inference", "Imaging", "TestKit"]),
        tests("TrackingTests", ["Tracking", "Alerting", "Imaging"]),
        tests("AlertingTests", ["Alerting"]),
        tests("OutboxTests", ["Outbox", "TestKit"]),
        tests("MessagingTests", ["Messaging", "TestKit"]),
        tests("EvidenceTests", ["Evidence", "Imaging", "TestKit"]),
        tests("ReportingTests", ["Reporting", "TestKit"]),
        tests("SyntheticFootageTests", ["SyntheticFootage", "Imaging", "Kernels", "TestKit"]),
        tests(
            "DetectionTests", ["Detection", "Imaging", "Inference", "ModelBundles", "SyntheticFootage", "TestKit"],
            exclude: ["Networks/parity_reference.py"]),
        tests("BackboneImportTests", ["BackboneImport", "Detection", "Inference", "Kernels"]),
        tests(
            "SceneTrainingTests",
            [
                "SceneTraining", "Integrity", "Kernels", "Imaging", "ModelBundles", "Inference", "Detection",
                "Evaluation", "TestKit",
            ]),
        tests(
            "DefectIdentityTests", ["DefectIdentity", "Imaging", "Kernels", "SyntheticFootage", "Telemetry"]),
        tests("EvaluationTests", ["Evaluation", "Imaging", "Integrity", "Kernels", "TestKit"]),
        tests("DashboardTests", ["Dashboard", "TestKit"]),
        tests(
            "AgentTests",
            [
                "Agent", "Evidence", "Integrity", "Kernels", "ModelBundles", "Reporting", "Telemetry", "TestKit",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests("EndToEndTests", ["TestKit", "Imaging"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// libFuzzer's programs are not for `swift build`: see deploy/fuzz/run.
if Context.environment["SHRIKE_FUZZ"] != nil {
    package.products.append(.executable(name: "parser-fuzz", targets: ["ParserFuzz"]))
    package.targets.append(
        .executableTarget(
            name: "ParserFuzz",
            dependencies: [
                "ShrikeCore", "Telemetry", "Imaging", "FrameSources", "Messaging", "ModelBundles", "BackboneImport",
                "DefectIdentity", "Evaluation", "Agent",
            ],
            path: "deploy/fuzz", exclude: ["run", "seeds"], sources: ["ParserFuzz.swift"],
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])], linkerSettings: lld))
}
