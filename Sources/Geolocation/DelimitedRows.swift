/// Cuts delimited text (RFC 4180) into rows of fields; quotes may hold separators, line ends and doubled quotes.
struct DelimitedRows {
    struct Row: Hashable {
        /// Line the row starts in, from 1.
        var line: Int
        var fields: [String]
    }

    static let mostFields = 128

    private let bytes: [UInt8]
    private let separator: UInt8
    private var position = 0
    private var line = 1

    /// The separator is the first of tab and semicolon the first line holds, else a comma.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let header = bytes.prefix { $0 != 10 && $0 != 13 }
        separator = [9, 59].first { header.contains($0) } ?? 44
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next row that is not blank; nil at the end. Fields beyond the limit are left out.
    mutating func next() -> Row? {
        while position < bytes.count {
            let start = line
            let fields = row()
            if fields.contains(where: { !$0.isEmpty }) { return Row(line: start, fields: fields) }
        }
        return nil
    }

    private mutating func row() -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        func finished() -> String { AssetLimits.trimmed(String(decoding: field, as: UTF8.self)) }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 10 { line += 1 }
            if isQuoted {
                if byte != 34 {
                    field.append(byte)
                } else if position < bytes.count, bytes[position] == 34 {
                    field.append(34)
                    position += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case 34 where field.allSatisfy({ $0 == 32 }): isQuoted = true
            case separator:
                if fields.count < Self.mostFields { fields.append(finished()) }
                field = []
            case 10:
                fields.append(finished())
                return fields
            default: field.append(byte)
            }
        }
        fields.append(finished())
        return fields
    }
}
