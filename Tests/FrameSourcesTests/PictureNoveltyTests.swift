import ShrikeCore
import Testing

@testable import FrameSources

struct PictureNoveltyTests {
    @Test func repeatsOfOneGroupOfPicturesAreNotNew() {
        var novelty = PictureNovelty()
        let hashes = Array(0..<50) + Array(0..<50) + Array(1000..<1300) + [0]
        let verdicts = hashes.map { novelty.isNew(UInt64($0)) }
        #expect(verdicts[..<50].allSatisfy { $0 })
        #expect(verdicts[50..<100].allSatisfy { !$0 })
        #expect(verdicts[100..<400].allSatisfy { $0 })
        #expect(verdicts[400], "forgotten after 256 newer ones")
    }

    @Test func onePixelMakesAnotherHash() {
        var bytes = [UInt8](repeating: 9, count: 64 * 48)
        let before = PictureNovelty.hash(of: PixelBuffer(copying: bytes, width: 64, height: 48, format: .gray8))
        #expect(before == PictureNovelty.hash(of: PixelBuffer(copying: bytes, width: 64, height: 48, format: .gray8)))
        bytes[1000] ^= 1
        #expect(before != PictureNovelty.hash(of: PixelBuffer(copying: bytes, width: 64, height: 48, format: .gray8)))
    }
}
