import Foundation
import FrameSources
import Imaging
import Inference
import Messaging
import ShrikeCore
import Telemetry

/// `shrike doctor`: what is installed, what is missing, what to type to mend it. Changes nothing.
public enum Doctor {
    /// - Parameter configurationPath: a `gateway.yaml` whose scenes, sources, folder and broker are looked at too.
    public static func examine(configurationPath: String?) async -> [DoctorCheck] {
        OpenCVLibrary.silence()
        var checks = [system(), DoctorCheck("opencv", .ok, "OpenCV \(OpenCVLibrary.version)"), video(), decoders()]
        var configuration: GatewayConfiguration?
        var problem: DoctorCheck?
        if let configurationPath {
            do {
                configuration = try ConfigurationFile.load(path: configurationPath)
                checks.append(DoctorCheck("configuration", .ok, configurationPath))
            } catch {
                problem = DoctorCheck("configuration", .missing, "\(error.what): \(error.place)", remedy: error.remedy)
            }
        }
        checks += engines(folder: configuration?.engine.folder)
        checks.append(broker(isWanted: configuration.map { $0.broker.mode == .embedded } ?? true))
        checks.append(clock())
        if let problem { checks.append(problem) }
        if let configuration { checks += await examine(configuration) }
        return checks
    }

    private static func examine(_ configuration: GatewayConfiguration) async -> [DoctorCheck] {
        var checks = [stateFolder(configuration)]
        var library = SceneLibrary(engine: configuration.engine, cacheFolder: nil, workers: 1)
        do { library.models = try ModelAccess(configuration) } catch {
            checks.append(DoctorCheck("models", .missing, "\(error.what): \(error.place)", remedy: error.remedy))
        }
        for scene in configuration.scenes {
            do {
                let loaded = try library.load(scene.address)
                checks.append(
                    DoctorCheck(
                        "scene \(scene.name)", .ok, "\(loaded.lineage.scene.digest), \(loaded.engine ?? "no network")"))
            } catch {
                checks.append(
                    DoctorCheck("scene \(scene.name)", .missing, "\(error.what): \(error.place)", remedy: error.remedy))
            }
        }
        for source in configuration.sources {
            do {
                let opened = try await FootageOpener.open(source.address, options: SourceOptions(id: source.id))
                opened.stop()
                checks.append(DoctorCheck("source \(source.id)", .ok, opened.info.redactedAddress))
            } catch {
                checks.append(
                    DoctorCheck(
                        "source \(source.id)", .missing, "\(error)", remedy: "correct the address in the configuration")
                )
            }
        }
        if configuration.broker.mode == .external { checks.append(await externalBroker(configuration.broker)) }
        return checks
    }

    private static func system() -> DoctorCheck {
        let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        let name =
            text.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }?
            .dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) ?? "unknown system"
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let gibibytes = Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30)
        return DoctorCheck(
            "system", .ok, "\(name), \(cores) cores, \(JSONValue.number(gibibytes, decimals: 1).canonicalText) GiB")
    }

    private static func video() -> DoctorCheck {
        let path = NSTemporaryDirectory() + "shrike-doctor-\(getpid()).mp4"
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            do {
                var writer = try VideoWriter(path: path, codec: .h264, framesPerSecond: 10, width: 64, height: 64)
                var picture = try Image(width: 64, height: 64)
                try picture.fill(blue: 10)
                for _ in 0..<3 { try writer.write(picture) }
            }
            var reader = try VideoReader(path)
            guard try reader.grab() else { throw ImagingError(.openFailed, "no frame") }
            return DoctorCheck("video", .ok, "H.264 is written and read")
        } catch {
            return DoctorCheck(
                "video", .missing, "H.264 cannot be written and read (\(error))",
                remedy: "apt-get install libopencv-videoio406 ffmpeg")
        }
    }

    private static func decoders() -> DoctorCheck {
        guard let isolation = DecoderIsolation.ofThisProgram, let missing = isolation.missingMeans() else {
            return DoctorCheck(
                "decoders", .missing, "no decoder process can be started",
                remedy: "allow more processes (TasksMax), or decode in the agent with `decoding: in-process`")
        }
        guard missing.isEmpty else {
            return DoctorCheck(
                "decoders", .warning, "run apart, but this kernel lacks \(missing.joined(separator: " and "))",
                remedy: "Landlock needs Linux 5.13, or `lsm=...,landlock` on its command line")
        }
        return DoctorCheck("decoders", .ok, "confined by limits, Landlock, seccomp")
    }

    private static func engines(folder: String?) -> [DoctorCheck] {
        let inventory = EngineInventory.find(enginePath: folder)
        return inventory.entries.map { entry in
            let name = "engine \(entry.engine.rawValue)"
            if entry.isUsable {
                return DoctorCheck(name, .ok, [entry.version, entry.path].compactMap(\.self).joined(separator: ", "))
            }
            // Any one engine is enough.
            let verdict: DoctorCheck.Verdict = inventory.chosen == nil ? .missing : .warning
            return DoctorCheck(name, verdict, entry.problems.joined(separator: "; "), remedy: entry.remedy)
        }
    }

    private static func broker(isWanted: Bool) -> DoctorCheck {
        let folder = NSTemporaryDirectory() + "shrike-doctor-broker-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            _ = try EmbeddedBroker(stateFolder: folder)
            return DoctorCheck("mosquitto", .ok, "installed")
        } catch {
            return DoctorCheck(
                "mosquitto", isWanted ? .missing : .warning, error.what, remedy: "apt-get install mosquitto")
        }
    }

    private static func clock() -> DoctorCheck {
        ProcessClock.quality() == .ntp
            ? DoctorCheck("clock", .ok, "follows a time server")
            : DoctorCheck(
                "clock", .warning, "follows no time server: alerts say `unsynced`", remedy: "timedatectl set-ntp true")
    }

    private static func stateFolder(_ configuration: GatewayConfiguration) -> DoctorCheck {
        let folder = configuration.stateFolder
        let probe = folder + "/.doctor-\(getpid())"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(filePath: probe))
            try FileManager.default.removeItem(atPath: probe)
        } catch {
            return DoctorCheck(
                "state folder", .missing, "\(folder) cannot be written",
                remedy: "set `state` to a folder this user may write to")
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        let needed = Int64(configuration.evidence.reserveBytes)
        return free > needed
            ? DoctorCheck("state folder", .ok, "\(folder), \(free >> 20) MiB free")
            : DoctorCheck(
                "state folder", .warning, "\(folder), only \(free >> 20) MiB free: alerts would go without pictures",
                remedy: "make room, or lower evidence.reserve_bytes")
    }

    private static func externalBroker(_ broker: GatewayConfiguration.Broker) async -> DoctorCheck {
        do {
            let settings = MQTTSessionConfiguration(
                address: try BrokerLink.address(of: broker), clientID: "shrike-doctor-\(getpid())",
                tls: .init(
                    authorityFile: broker.caFile, certificateFile: broker.certificateFile, keyFile: broker.keyFile))
            let session = try MQTTSession(settings)
            let notifications = session.notifications(buffer: 16)
            return await withTaskGroup(of: DoctorCheck?.self) { group in
                // All end when the first answer is there.
                group.addTask {
                    await session.run()
                    return nil
                }
                group.addTask {
                    try? await Task.sleep(for: .seconds(5))
                    return DoctorCheck(
                        "broker", .missing, "\(settings.address) does not answer", remedy: "check address and network")
                }
                group.addTask {
                    for await case .connection(let event) in notifications {
                        if case .connected = event { return DoctorCheck("broker", .ok, "\(event)") }
                        return DoctorCheck(
                            "broker", .missing, "\(event)", remedy: "check the broker section of the configuration")
                    }
                    return nil
                }
                var answer: DoctorCheck?
                while answer == nil, let next = await group.next() { answer = next }
                session.stop()
                group.cancelAll()
                return answer ?? DoctorCheck("broker", .missing, "no answer", remedy: "check address and network")
            }
        } catch {
            return DoctorCheck(
                "broker", .missing, "\(error)", remedy: "correct the broker section of the configuration")
        }
    }
}
