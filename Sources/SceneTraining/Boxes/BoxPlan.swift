/// How a box head suits what is to be found: how large pictures are looked at, which maps, how wide.
public struct BoxPlan: Hashable, Sendable {
    /// Pixels of the base's input.
    public let inputWidth: Int
    public let inputHeight: Int
    /// Strides of the maps, finest first.
    public let strides: [Int]
    public let width: Int

    /// Sides, in pixels of the input, that a small box should have at least, and below which the finest maps are needed.
    private static let wantedSide = 24.0
    private static let fineSide = 48.0
    private static let budgets = [320.0 * 320, 448.0 * 448, 640.0 * 640]
    private static let multiple = 32.0

    /// - Parameters:
    ///   - pictures: sizes of the pictures.
    ///   - sides: of every box, the root of its area as a share of the root of its picture's area; at least one.
    ///   - input: size that a person asked for; nil to choose.
    public init(pictures: [(width: Int, height: Int)], sides: [Double], input: (width: Int, height: Int)?) {
        precondition(!pictures.isEmpty && !sides.isEmpty, "pictures with boxes")
        let sorted = pictures.sorted { $0.width * $0.height < $1.width * $1.height }
        let middle = sorted[sorted.count / 2]
        // One in four may be smaller.
        let small = sides.sorted()[sides.count / 4]
        let area = Double(middle.width * middle.height)
        if let input {
            (inputWidth, inputHeight) = (input.width, input.height)
        } else {
            let budget = Self.budgets.first { small * $0.squareRoot() >= Self.wantedSide } ?? Self.budgets.last ?? area
            let scale = min(2, (budget / area).squareRoot())
            func rounded(_ side: Int) -> Int {
                max(1, Int((Double(side) * scale / Self.multiple).rounded())) * Int(Self.multiple)
            }
            (inputWidth, inputHeight) = (rounded(middle.width), rounded(middle.height))
        }
        let side = small * Double(inputWidth * inputHeight).squareRoot()
        strides = side < Self.fineSide ? [8, 16, 32] : [16, 32]
        // The finest maps have four times the cells; half the width keeps the time.
        width = side < Self.fineSide ? 64 : 128
    }
}
