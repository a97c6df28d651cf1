public import ShrikeCore

/// What generated footage really shows, frame by frame.
public struct FootageTruth: Hashable, Sendable {
    /// One physical defect.
    public struct Defect: Hashable, Sendable {
        /// Identity over all frames, from 1.
        public var id: Int
        /// Class code, e.g. `hot_cell`.
        public var className: String
        /// Rise over like parts in kelvin, for thermal footage.
        public var deltaKelvin: Double?
        /// WGS84 degrees of its center, where it lies on the ground.
        public var latitude: Double?
        public var longitude: Double?
    }

    /// One defect in one frame.
    public struct Observation: Hashable, Sendable {
        public var frame: Int
        public var defectID: Int
        /// Pixels, cut to the picture.
        public var box: Box
        /// Share of the defect's whole box inside the picture, 0 to 1.
        public var visible: Double
    }

    public var videoName: String
    public var width: Int
    public var height: Int
    public var framesPerSecond: Int
    public var frameCount: Int
    public var seed: UInt64
    public var classes: [String]
    public var defects: [Defect]
    /// By frame, then defect, also where only a corner of the defect is in the picture.
    public var observations: [Observation]
    public var videoScale: ThermalScale?
    public var framesScale: ThermalScale?

    /// The document that lies beside the video: COCO with `videos`, `instances`, and `instance_id` on annotations.
    public var json: JSONValue {
        let categoryIDs = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int64($0 + 1)) })
        let classOf = Dictionary(uniqueKeysWithValues: defects.map { ($0.id, $0) })
        let annotations = observations.enumerated().compactMap { index, seen -> JSONValue? in
            guard let defect = classOf[seen.defectID], let category = categoryIDs[defect.className] else { return nil }
            return .object(compacting: [
                "id": .integer(Int64(index + 1)), "image_id": .integer(Int64(seen.frame + 1)), "video_id": .integer(1),
                "instance_id": .integer(Int64(seen.defectID)), "category_id": .integer(category),
                "bbox": .array(
                    [seen.box.x, seen.box.y, seen.box.width, seen.box.height].map { .number($0, decimals: 2) }),
                "area": .number(seen.box.area, decimals: 1), "iscrowd": .integer(0),
                "visible": .number(seen.visible, decimals: 3),
                "delta_k": defect.deltaKelvin.map { .number($0, decimals: 2) },
            ])
        }
        return .object(compacting: [
            "info": .object(["description": .string("synthetic footage, exact truth"), "seed": .string(String(seed))]),
            "videos": .array([
                .object([
                    "id": .integer(1), "file_name": .string(videoName), "width": .integer(Int64(width)),
                    "height": .integer(Int64(height)), "fps": .integer(Int64(framesPerSecond)),
                    "frame_count": .integer(Int64(frameCount)),
                ])
            ]),
            "images": .array((0..<frameCount).map(image)),
            "categories": .array(
                classes.enumerated().map { .object(["id": .integer(Int64($0 + 1)), "name": .string($1)]) }),
            "instances": .array(defects.map { instance($0, category: categoryIDs[$0.className] ?? 0) }),
            "annotations": .array(annotations),
            "thermal_scale_8bit": videoScale.map(Self.json), "thermal_scale_16bit": framesScale.map(Self.json),
        ])
    }

    private func image(_ frame: Int) -> JSONValue {
        .object([
            "id": .integer(Int64(frame + 1)), "video_id": .integer(1), "frame_index": .integer(Int64(frame)),
            "file_name": .string("\(videoName)#\(frame)"), "width": .integer(Int64(width)),
            "height": .integer(Int64(height)),
            "time_ms": .number(Double(frame) * 1000 / Double(framesPerSecond), decimals: 3),
        ])
    }

    private func instance(_ defect: Defect, category: Int64) -> JSONValue {
        .object(compacting: [
            "id": .integer(Int64(defect.id)), "category_id": .integer(category),
            "delta_k": defect.deltaKelvin.map { .number($0, decimals: 2) },
            "lat": defect.latitude.map { .number($0, decimals: 8) },
            "lon": defect.longitude.map { .number($0, decimals: 8) },
        ])
    }

    private static func json(_ scale: ThermalScale) -> JSONValue {
        .object(["gain": .number(scale.gain), "offset": .number(scale.offset)])
    }
}
