import Foundation
import ShrikeCore
import TestKit
import Testing

/// The committed schema, applied by an implementation that is not ours: Python's jsonschema.
enum SchemaCheck {
    private static let script = """
        import json, sys
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            sys.exit(42)
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        for line in open(sys.argv[2]):
            for error in Draft202012Validator(schema).iter_errors(json.loads(line)):
                print(list(error.absolute_path), error.message)
        """

    /// What is wrong with the documents; nil where jsonschema is not installed.
    static func mistakes(in documents: [String]) async throws -> [String]? {
        let folder = try TestFolder()
        let schema = try folder.write(AlertSchema.text, to: "schema.json")
        let lines = try folder.write(documents.joined(separator: "\n"), to: "documents.ndjson")
        let result = try await ShrikeProcess.run(["-c", script, schema, lines], program: "python3")
        if result.ending == .exited(42) { return nil }
        try #require(result.ending == .exited(0), "\(result.errors)")
        return result.output
    }
}
