import Inference
import ShrikeCore

/// Frames made of a few numbers.
enum TinyFrame {
    static func gray(width: Int, height: Int, value: UInt8 = 100) -> Frame {
        frame([UInt8](repeating: value, count: width * height * 3), width, height, .bgr8)
    }

    static func frame(_ bytes: [UInt8], _ width: Int, _ height: Int, _ format: PixelFormat) -> Frame {
        Frame(
            index: 0, mediaTime: .zero, origin: "test",
            pixels: PixelBuffer(copying: bytes, width: width, height: height, format: format))
    }
}

/// Engines on this machine, found once.
enum InstalledEngines {
    static let found = Set(EngineInventory.find().entries.filter(\.isUsable).map(\.engine))
    static var any: Bool { found.contains(.openvino) || found.contains(.onnxruntime) }
}
