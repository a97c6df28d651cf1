public import ShrikeCore

/// Pictures with the boxes a person drew on them.
public struct LabeledDataset: Hashable, Sendable {
    public struct Label: Hashable, Sendable {
        public var className: String
        /// Pixels of the picture.
        public var box: Box
        /// Stands for many objects at once: detections inside it count neither for nor against.
        public var isCrowd: Bool
        /// Area for size ranges; the box's own where the format does not say.
        public var area: Double

        public init(className: String, box: Box, isCrowd: Bool = false, area: Double? = nil) {
            (self.className, self.box, self.isCrowd, self.area) = (className, box, isCrowd, area ?? box.area)
        }
    }

    public struct Picture: Hashable, Sendable {
        /// Path relative to the data set's folder, as the labels give it.
        public var fileName: String
        /// 0 where the labels do not say.
        public var width: Int
        public var height: Int
        public var labels: [Label]
        /// Class of the whole picture; nil where the format has boxes.
        public var className: String?
        /// Boxes are fractions of the picture, as YOLO has them, until ``inPixels(width:height:)``.
        public var isRelative: Bool

        public init(
            fileName: String, width: Int = 0, height: Int = 0, labels: [Label] = [], className: String? = nil,
            isRelative: Bool = false
        ) {
            (self.fileName, self.width, self.height, self.labels) = (fileName, width, height, labels)
            (self.className, self.isRelative) = (className, isRelative)
        }

        /// The picture with boxes in pixels, now that its size is known.
        public func inPixels(width: Int, height: Int) -> Picture {
            var picture = self
            (picture.width, picture.height) = (width, height)
            guard isRelative else { return picture }
            let (w, h) = (Double(width), Double(height))
            picture.isRelative = false
            picture.labels = labels.map { label in
                let box = label.box
                return Label(
                    className: label.className,
                    box: Box(x: box.x * w, y: box.y * h, width: box.width * w, height: box.height * h),
                    isCrowd: label.isCrowd)
            }
            return picture
        }
    }

    /// In the order of the format's own numbering, else by name.
    public var classes: [String]
    public var pictures: [Picture]

    public init(classes: [String], pictures: [Picture]) { (self.classes, self.pictures) = (classes, pictures) }

    public var labelCount: Int { pictures.reduce(0) { $0 + $1.labels.count } }
}
