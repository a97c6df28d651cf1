import Foundation
import ShrikeCore
import Testing

/// A committed schema, applied by an implementation that is not ours: Python's jsonschema.
enum SchemaCheck {
    /// The first violation; nil where every document is valid. Cancels the test where jsonschema is not installed.
    static func validate(_ documents: [String], against text: String = AlertSchema.text) throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrike-schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let schema = folder.appending(path: "schema.json")
        let lines = folder.appending(path: "documents.ndjson")
        try text.write(to: schema, atomically: true, encoding: .utf8)
        try documents.joined(separator: "\n").write(to: lines, atomically: true, encoding: .utf8)
        let script = """
            import json, sys
            try:
                from jsonschema import Draft202012Validator
            except ImportError:
                sys.exit(42)
            schema = json.load(open(sys.argv[1]))
            Draft202012Validator.check_schema(schema)
            validator = Draft202012Validator(schema)
            for line in open(sys.argv[2]):
                for error in validator.iter_errors(json.loads(line)):
                    print(error.message)
                    sys.exit(1)
            """
        let output = Pipe()
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/python3")
        python.arguments = ["-c", script, schema.path, lines.path]
        python.standardOutput = output
        try python.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        if python.terminationStatus == 42 { try Test.cancel("needs the package python3-jsonschema") }
        return python.terminationStatus == 0 ? nil : text
    }
}
