public import Kernels
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
        /// Shape inside the box; nil where only a box was drawn.
        public var region: LabelRegion?

        public init(
            className: String, box: Box, isCrowd: Bool = false, area: Double? = nil, region: LabelRegion? = nil
        ) {
            (self.className, self.box, self.isCrowd, self.area) = (className, box, isCrowd, area ?? box.area)
            self.region = region
        }

        /// The pixels of the label in a picture of this size: of its shape, else of its box.
        public func runs(width: Int, height: Int) -> [PixelRun] {
            (region
                ?? .polygon([
                    Point(x: box.left, y: box.top), Point(x: box.right, y: box.top),
                    Point(x: box.right, y: box.bottom), Point(x: box.left, y: box.bottom),
                ])).runs(width: width, height: height)
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
                    isCrowd: label.isCrowd, region: label.region?.scaled(x: w, y: h))
            }
            return picture
        }

        /// Which label lies under the centers of a grid over the picture, by rows: 1 for the first one, 0 for none.
        ///
        /// - Precondition: labels are in pixels, and the picture's size is known.
        public func regions(gridWidth: Int, gridHeight: Int) -> [Int32] {
            precondition(!isRelative && width > 0 && height > 0, "size known")
            /// Steps whose centers lie in a range of pixels.
            func steps(_ from: Int, _ to: Int, _ count: Int, _ size: Int) -> Range<Int> {
                func first(_ pixel: Int) -> Int {
                    max(0, min(count, Int((Double(pixel) * Double(count) / Double(size) - 0.5).rounded(.up))))
                }
                return first(from)..<max(first(from), first(to))
            }
            var regions = [Int32](repeating: 0, count: gridWidth * gridHeight)
            for (position, label) in labels.enumerated() {
                for run in label.runs(width: width, height: height) {
                    for y in steps(run.y, run.y + 1, gridHeight, height) {
                        for x in steps(run.left, run.right, gridWidth, width) {
                            regions[y * gridWidth + x] = Int32(position + 1)
                        }
                    }
                }
            }
            return regions
        }
    }

    /// In the order of the format's own numbering, else by name.
    public var classes: [String]
    public var pictures: [Picture]

    public init(classes: [String], pictures: [Picture]) { (self.classes, self.pictures) = (classes, pictures) }

    public var labelCount: Int { pictures.reduce(0) { $0 + $1.labels.count } }
}
