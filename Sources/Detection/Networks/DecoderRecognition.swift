internal import Inference

/// Finds out how a network's outputs are to be read, from their shapes, the metadata and the scene's classes.
struct DecoderRecognition {
    var description: NetworkDescription
    var picture: NetworkDescription.PictureInput
    /// Classes the network should have: those its metadata names, else the scene's.
    var expectedClasses: Int
    /// The file is an export of the Ultralytics tools.
    var isUltralytics: Bool

    init?(_ description: NetworkDescription, sceneClasses: Int) {
        guard let picture = description.picture else { return nil }
        (self.description, self.picture) = (description, picture)
        let names = ClassNames(description.metadata["names"] ?? "").names
        expectedClasses = names.isEmpty ? sceneClasses : names.count
        isUltralytics = !names.isEmpty
    }

    /// - Parameter name: the family, or nil to find it out.
    /// - Returns: nil where the outputs are not understood, or are not of that family.
    func decoder(_ name: DecoderName?) -> (any OutputDecoder)? {
        switch name {
        case .yolov5: yolov5()
        case .yolov8: endToEnd() ?? yolov8()
        case .yolox: yolox()
        case .fastestdet: fastestDet()
        case .ssd: ssd()
        case .rtdetr: rtdetr()
        case nil: ssd() ?? fastestDet() ?? pairedQueries() ?? matrix()
        }
    }

    /// A single matrix of boxes: which family it is follows from the number of its rows, which a grid gives away.
    private func matrix() -> (any OutputDecoder)? {
        guard let (rows, columns) = firstMatrix else { return nil }
        if isRTDETRByName, let decoder = rtdetr() { return decoder }
        if let decoder = endToEnd() { return decoder }
        if anchorBoxCounts.contains(rows) { return yolov5() }
        if gridCounts.contains(columns), !gridCounts.contains(rows) || rows < columns { return yolov8() }
        if gridCounts.contains(rows) {
            if columns == 5 + expectedClasses, !isUltralytics { return yolox() }
            if columns == 4 + expectedClasses || isUltralytics { return yolov8() }
            return yolox()
        }
        return rtdetr()
    }

    // MARK: - Families

    private func yolov5() -> YOLOv5Decoder? {
        guard let (rows, columns) = firstMatrix, columns > 5 else { return nil }
        return YOLOv5Decoder(rows: rows, classes: classes(of: columns - 5), stride: columns)
    }

    private func yolov8() -> YOLOv8Decoder? {
        guard let (rows, columns) = firstMatrix else { return nil }
        let attributesFirst = gridCounts.contains(rows) && !gridCounts.contains(columns) ? false : rows < columns
        let (attributes, cells) = attributesFirst ? (rows, columns) : (columns, rows)
        guard attributes > 4 else { return nil }
        return YOLOv8Decoder(
            cells: cells, classes: classes(of: attributes - 4), attributesFirst: attributesFirst, attributes: attributes
        )
    }

    /// Up to a thousand rows of six numbers (or more with masks or key points): the export has selected already.
    private func endToEnd() -> EndToEndDecoder? {
        guard let (rows, columns) = firstMatrix, rows <= 1000, !gridCounts.contains(rows), !isRTDETRByName else {
            return nil
        }
        let isMarked = description.metadata["end2end"]?.lowercased() == "true"
        guard columns == 6 || columns > 6 && isMarked else { return nil }
        return EndToEndDecoder(rows: rows, stride: columns)
    }

    private func yolox() -> YOLOXDecoder? {
        guard let (rows, columns) = firstMatrix, columns > 5,
            rows == YOLOXDecoder.cells(width: picture.width, height: picture.height)
        else { return nil }
        return YOLOXDecoder(inputWidth: picture.width, inputHeight: picture.height, classes: columns - 5)
    }

    private func fastestDet() -> FastestDetDecoder? {
        guard description.outputs.count == 1, let shape = description.outputs.first?.shape, shape.count == 4,
            shape[0] == 1, shape[1] > 5, shape[2] > 0, shape[3] > 0, shape[2] <= picture.height,
            shape[3] <= picture.width
        else { return nil }
        return FastestDetDecoder(
            inputWidth: picture.width, inputHeight: picture.height, columns: shape[3], rows: shape[2],
            classes: shape[1] - 5)
    }

    private func ssd() -> SSDDecoder? {
        let outputs = description.outputs
        if outputs.count == 1, outputs[0].shape.count == 4, outputs[0].shape[3] == 7, outputs[0].shape[1] == 1 {
            return SSDDecoder(layout: .rows, inputWidth: picture.width, inputHeight: picture.height)
        }
        guard outputs.count == 4, let boxes = outputs.firstIndex(where: { $0.shape.count == 3 && $0.shape[2] == 4 })
        else { return nil }
        func named(_ parts: String...) -> Int? {
            let matching = outputs.indices.filter { i in
                i != boxes && parts.contains { outputs[i].name.lowercased().contains($0) }
            }
            return matching.count == 1 ? matching[0] : nil
        }
        guard let classes = named("class", "label"), let scores = named("score", "confidence"),
            let number = named("num"),
            Set([boxes, classes, scores, number]).count == 4
        else { return nil }
        return SSDDecoder(
            layout: .tensors(boxes: boxes, classes: classes, scores: scores, number: number), inputWidth: picture.width,
            inputHeight: picture.height)
    }

    private func rtdetr() -> RTDETRDecoder? {
        if let decoder = pairedQueries() { return decoder }
        guard let (rows, columns) = firstMatrix, rows <= 1000, columns > 4 else { return nil }
        return RTDETRDecoder(
            inputWidth: picture.width, inputHeight: picture.height, queries: rows, classes: columns - 4,
            boxes: .init(output: 0, stride: columns, offset: 0), scores: .init(output: 0, stride: columns, offset: 4))
    }

    /// Boxes and scores of the same queries in two tensors.
    private func pairedQueries() -> RTDETRDecoder? {
        let shapes = description.outputs.map(\.shape)
        guard shapes.count == 2, shapes.allSatisfy({ $0.count == 3 && $0[0] == 1 && $0[2] > 0 }),
            shapes[0][1] == shapes[1][1], shapes[0][1] > 0
        else { return nil }
        // Where the network has four classes too, the names must tell.
        let byName = description.outputs.firstIndex { $0.name.lowercased().contains("box") }
        let byShape = shapes[0][2] == 4 ? 0 : 1
        let boxes = shapes[0][2] == shapes[1][2] ? byName : byShape
        guard let boxes, shapes[boxes][2] == 4 else { return nil }
        let classes = shapes[1 - boxes][2]
        return RTDETRDecoder(
            inputWidth: picture.width, inputHeight: picture.height, queries: shapes[0][1], classes: classes,
            boxes: .init(output: boxes, stride: 4, offset: 0),
            scores: .init(output: 1 - boxes, stride: classes, offset: 0))
    }

    // MARK: - Facts

    /// Rows and columns of the first output where it is one matrix.
    private var firstMatrix: (rows: Int, columns: Int)? {
        guard let shape = description.outputs.first?.shape, shape.count == 3, shape[0] == 1, shape[1] > 0, shape[2] > 0
        else { return nil }
        return (shape[1], shape[2])
    }

    /// Cells of the grids of strides 8, 16, 32, and with 64 (P6) or 4 (P2) besides.
    private var gridCounts: Set<Int> {
        Set(
            [[8, 16, 32], [8, 16, 32, 64], [4, 8, 16, 32]].map {
                YOLOXDecoder.cells(width: picture.width, height: picture.height, strides: $0)
            })
    }

    /// Three anchor boxes a cell.
    private var anchorBoxCounts: Set<Int> { Set(gridCounts.map { 3 * $0 }) }

    private var isRTDETRByName: Bool {
        (description.metadata["description"] ?? "").lowercased().contains("detr")
    }

    /// Numbers after the classes are masks or key points where the metadata says so.
    private func classes(of numbers: Int) -> Int {
        let hasMore = ["segment", "pose", "obb"].contains(description.metadata["task"] ?? "")
        return hasMore && expectedClasses > 0 && expectedClasses < numbers ? expectedClasses : numbers
    }
}
