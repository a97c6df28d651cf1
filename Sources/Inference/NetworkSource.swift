internal import Foundation

/// Where a network comes from.
struct NetworkSource: Sendable {
    /// For errors: the file, or what the caller called the bytes.
    var name: String
    /// Given to the engine instead of the bytes, so that weights in files beside it are found.
    var path: String?
    var bytes: Data

    /// Largest network that is read: 2 GiB, the limit of the format.
    private static let maximumBytes = 1 << 31

    init(bytes: Data, name: String) { (self.bytes, self.name, path) = (bytes, name, nil) }

    init(path: String) throws(InferenceError) {
        (name, self.path) = (path, path)
        let remedy = "name an ONNX file that this user may read"
        let size: Int
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType != .typeDirectory else {
                throw InferenceError("this is a folder, not a network", at: path, remedy: remedy)
            }
            size = attributes[.size] as? Int ?? 0
        } catch let error as InferenceError {
            throw error
        } catch {
            throw InferenceError("the network cannot be read", at: path, remedy: remedy)
        }
        guard size > 0 else { throw InferenceError("the network file is empty", at: path, remedy: "export it again") }
        guard size <= Self.maximumBytes else {
            throw InferenceError("the network file is larger than 2 GiB", at: path, remedy: "export a smaller network")
        }
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw InferenceError("the network cannot be read", at: path, remedy: remedy)
        }
    }
}
