import Foundation
import ShrikeCore

/// One file of a card, with what its head tells.
struct MissionFile: Hashable, Sendable {
    /// As it is opened.
    var path: String
    /// Relative to what the person named.
    var name: String
    /// As the camera's clock showed it, for the order only; nil where the file does not tell.
    var localTime: Timestamp?
    /// Make and model; nil where the file does not tell.
    var camera: String?
    /// Whether raw thermal counts are hidden in the picture.
    var isRadiometric = false

    init(path: String, name: String, localTime: Timestamp? = nil, camera: String? = nil, isRadiometric: Bool = false) {
        (self.path, self.name, self.localTime, self.camera) = (path, name, localTime, camera)
        self.isRadiometric = isRadiometric
    }

    var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
    var lastName: String { String(path.split(separator: "/").last ?? "") }
    var stem: String { lastName.lastIndex(of: ".").map { String(lastName[..<$0]) } ?? lastName }
    /// Lower case, without the dot.
    var fileExtension: String { lastName.lastIndex(of: ".").map { lastName[$0...].dropFirst().lowercased() } ?? "" }
}
