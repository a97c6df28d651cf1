internal import CInference

/// An engine's library, opened. It stays for the life of the process.
struct EngineLibrary: @unchecked Sendable {
    // Sendable: the C layer opens under a lock, keeps the library forever, and only reads it afterwards.
    let handle: OpaquePointer
    let engine: InferenceEngine
    let path: String
    let version: String

    /// - Throws: the reason, as the dynamic linker or the engine gives it.
    init(opening engine: InferenceEngine, at path: String) throws(InferenceError) {
        let kind = engine == .openvino ? CINF_OPENVINO : CINF_ONNXRUNTIME
        (self.engine, self.path) = (engine, path)
        handle = try make(
            at: path,
            remedy: "install the engine again for this processor and system, or name another with SHRIKE_ENGINE_DIR"
        ) { cinf_library_open(kind, path, $0) }
        version = String(cString: cinf_library_version(handle))
    }

    /// Opens the first library that works; the reasons of those that did not are added to `problems`.
    static func first(
        _ engine: InferenceEngine, in locations: EngineLocations, problems: inout [String]
    ) -> EngineLibrary? {
        let paths = locations.libraries(of: engine)
        if paths.isEmpty { problems.append("\(engine.title) is not installed") }
        for path in paths {
            do {
                return try EngineLibrary(opening: engine, at: path)
            } catch {
                problems.append("\(engine.title) cannot be opened: \(error.what) (\(path))")
            }
        }
        return nil
    }
}

/// Runs one call of the C layer that returns a handle; its text becomes the thrown error.
func make(
    at place: String, remedy: String, _ body: (UnsafeMutablePointer<CChar>) -> OpaquePointer?
) throws(InferenceError) -> OpaquePointer {
    var text = [CChar](repeating: 0, count: Int(CINF_ERROR_SIZE))
    guard let handle = text.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap(body) }) else {
        throw InferenceError(oneLine(text), at: place, remedy: remedy)
    }
    return handle
}

/// The same for a call that returns whether it succeeded.
func attempt(
    at place: String, remedy: String, _ body: (UnsafeMutablePointer<CChar>) -> Bool
) throws(InferenceError) {
    var text = [CChar](repeating: 0, count: Int(CINF_ERROR_SIZE))
    guard text.withUnsafeMutableBufferPointer({ $0.baseAddress.map(body) ?? false }) else {
        throw InferenceError(oneLine(text), at: place, remedy: remedy)
    }
}

private func oneLine(_ text: [CChar]) -> String {
    oneLine(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
}

/// Engines answer with paragraphs and source positions; an error here is one line.
func oneLine(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
