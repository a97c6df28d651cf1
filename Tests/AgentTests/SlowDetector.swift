import Foundation
import ShrikeCore

/// Finds the same defect in every frame after a delay that differs from frame to frame, or fails where it is told to.
final class SlowDetector: Detector {
    struct Failure: Error, CustomStringConvertible { var description = "out of order" }

    private let failing: Set<Int64>

    init(failing: Set<Int64>) { self.failing = failing }

    func detect(_ frame: Frame) throws -> [Detection] {
        // Late frames of each seven are done long before early ones.
        Thread.sleep(forTimeInterval: Double(6 - frame.index % 7) * 0.004)
        if failing.contains(frame.index) { throw Failure() }
        return [
            Detection(scene: "roof", className: "hot", score: 0.9, box: Box(x: 10, y: 10, width: 16, height: 12))
        ]
    }
}
