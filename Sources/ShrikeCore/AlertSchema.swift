/// The JSON Schema (2020-12) that every published alert satisfies; the file is `Schemas/shrike.alert.1.schema.json`.
public enum AlertSchema {
    public static var text: String { String(decoding: PackageResources.shrike_alert_1_schema_json, as: UTF8.self) }
}
