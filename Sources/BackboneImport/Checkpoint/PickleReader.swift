internal import Foundation

/// Reads data of Python's pickle format, protocol 2, without running anything: a named function is kept as its name and
/// arguments, and whoever reads the result decides which names it knows.
struct PickleReader {
    /// Lists and dictionaries are filled after they were made, so they are references.
    final class Items {
        var values: [Value] = []
    }

    indirect enum Value {
        case none
        case bool(Bool)
        case integer(Int64)
        /// A whole number of more than 64 bits, little endian.
        case large(Data)
        case number(Double)
        case text(String)
        case tuple([Value])
        case list(Items)
        /// Keys and values in turn.
        case dictionary(Items)
        /// `module name`.
        case global(String)
        /// What a function would give: its name and arguments; `items` are set afterwards, as in a dictionary.
        case call(String, [Value], Items)
        case persistent([Value])
        /// Begin of a group on the stack; never part of a result.
        case mark
    }

    private var cursor: ByteCursor
    private var stack: [Value] = []
    private var memo: [Int: Value] = [:]

    /// More is not read: a state of a thousand tensors has some ten thousand of each.
    private static let maximumSteps = 2_000_000
    private static let maximumText = 1 << 20

    /// Reads the value that starts at `position`; returns it and where it ends, or nil where the data are malformed or use
    /// what is not known here.
    static func read(_ bytes: Data, at position: Int) -> (value: Value, end: Int)? {
        var cursor = ByteCursor(bytes)
        guard cursor.seek(position) else { return nil }
        var reader = PickleReader(cursor: cursor)
        for _ in 0..<maximumSteps {
            guard let operation = reader.cursor.byte() else { return nil }
            if operation == UInt8(ascii: ".") {
                guard let value = reader.stack.popLast() else { return nil }
                return (value, reader.cursor.position)
            }
            guard reader.step(operation) else { return nil }
        }
        return nil
    }

    private init(cursor: ByteCursor) { self.cursor = cursor }

    private mutating func step(_ operation: UInt8) -> Bool {
        switch operation {
        case 0x80: cursor.byte() == 2
        case UInt8(ascii: "("): push(.mark)
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.bool(true))
        case 0x89: push(.bool(false))
        case UInt8(ascii: ")"): push(.tuple([]))
        case UInt8(ascii: "]"): push(.list(Items()))
        case UInt8(ascii: "}"): push(.dictionary(Items()))
        case UInt8(ascii: "J"), UInt8(ascii: "K"), UInt8(ascii: "M"), 0x8A, UInt8(ascii: "G"), UInt8(ascii: "X"):
            scalar(operation)
        case UInt8(ascii: "q"), UInt8(ascii: "r"), UInt8(ascii: "h"), UInt8(ascii: "j"): remember(operation)
        case UInt8(ascii: "t"): popMarked().map { push(.tuple($0)) } ?? false
        case 0x85...0x87: pop(Int(operation) - 0x84).map { push(.tuple($0)) } ?? false
        case UInt8(ascii: "u"), UInt8(ascii: "e"):
            popMarked().map { add($0, pairs: operation == UInt8(ascii: "u")) } ?? false
        case UInt8(ascii: "s"): pop(2).map { add($0, pairs: true) } ?? false
        case UInt8(ascii: "a"): pop(1).map { add($0, pairs: false) } ?? false
        case UInt8(ascii: "c"): global()
        case UInt8(ascii: "R"): call()
        // What would be set on the object made; ordered dictionaries carry their layout version so.
        case UInt8(ascii: "b"): pop(1) != nil
        case UInt8(ascii: "Q"): persistent()
        default: false
        }
    }

    private mutating func push(_ value: Value) -> Bool {
        stack.append(value)
        return true
    }

    private mutating func pop(_ count: Int) -> [Value]? {
        guard stack.count >= count else { return nil }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popMarked() -> [Value]? {
        guard let mark = stack.lastIndex(where: { if case .mark = $0 { true } else { false } }) else { return nil }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func scalar(_ operation: UInt8) -> Bool {
        switch operation {
        case UInt8(ascii: "J"):
            return cursor.number(bytes: 4).map { push(.integer(Int64(Int32(truncatingIfNeeded: $0)))) } ?? false
        case UInt8(ascii: "K"): return cursor.number(bytes: 1).map { push(.integer(Int64($0))) } ?? false
        case UInt8(ascii: "M"): return cursor.number(bytes: 2).map { push(.integer(Int64($0))) } ?? false
        case 0x8A:
            guard let size = cursor.byte(), let bytes = cursor.take(Int(size)) else { return false }
            guard size <= 8 else { return push(.large(Data(bytes))) }
            let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let shift = 64 - 8 * Int(size)
            return push(.integer(size == 0 ? 0 : Int64(bitPattern: bits << UInt64(shift)) >> Int64(shift)))
        case UInt8(ascii: "G"):
            return cursor.number(bytes: 8).map { push(.number(Double(bitPattern: $0.byteSwapped))) } ?? false
        default:
            guard let size = cursor.number(bytes: 4), size <= Self.maximumText, let bytes = cursor.take(Int(size))
            else {
                return false
            }
            return push(.text(String(decoding: bytes, as: UTF8.self)))
        }
    }

    private mutating func remember(_ operation: UInt8) -> Bool {
        let isShort = operation == UInt8(ascii: "q") || operation == UInt8(ascii: "h")
        guard let number = cursor.number(bytes: isShort ? 1 : 4) else { return false }
        if operation == UInt8(ascii: "q") || operation == UInt8(ascii: "r") {
            guard let top = stack.last else { return false }
            memo[Int(number)] = top
            return true
        }
        return memo[Int(number)].map { push($0) } ?? false
    }

    private mutating func add(_ values: [Value], pairs: Bool) -> Bool {
        switch stack.last {
        case .list(let items) where !pairs: items.values += values
        case .dictionary(let items) where pairs && values.count.isMultiple(of: 2),
            .call(_, _, let items) where pairs && values.count.isMultiple(of: 2):
            items.values += values
        default: return false
        }
        return true
    }

    private mutating func global() -> Bool {
        guard let module = cursor.line(), let name = cursor.line() else { return false }
        return push(.global("\(module) \(name)"))
    }

    private mutating func call() -> Bool {
        guard let pair = pop(2), case .global(let name) = pair[0], case .tuple(let arguments) = pair[1] else {
            return false
        }
        return push(.call(name, arguments, Items()))
    }

    private mutating func persistent() -> Bool {
        guard let top = pop(1), case .tuple(let parts) = top[0] else { return false }
        return push(.persistent(parts))
    }
}
