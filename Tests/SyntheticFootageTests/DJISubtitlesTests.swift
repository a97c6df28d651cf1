import Testing

@testable import SyntheticFootage

struct DJISubtitlesTests {
    @Test func writesACueAsAnEnterpriseDroneDoes() {
        let sample = DJISubtitles.Sample(
            latitude: 18.5662274, longitude: 73.771846, relativeAltitude: 70.472, absoluteAltitude: 607.2731,
            gimbalYaw: 234.46, gimbalPitch: -63.14, gimbalRoll: 0)
        let subtitles = DJISubtitles(
            framesPerSecond: 15, startSeconds: 1_780_279_200, focalLength: 40, iso: 100, shutter: "1/30.0",
            samples: [sample, sample])
        #expect(
            subtitles.text == """
                1
                00:00:00,000 --> 00:00:00,067
                FrameCnt: 0 2026-06-01 02:00:00.000
                [iso: 100] [shutter: 1/30.0] [fnum: 1.0] [ev: 0] [color_md: default] [ae_meter_md: 1] [focal_len: 40.00] \
                [dzoom_ratio: 1.00], [latitude: 18.566227] [longitude: 73.771846] [rel_alt: 70.472 abs_alt: 607.273] \
                [gb_yaw: -125.5 gb_pitch: -63.1 gb_roll: 0.0]

                2
                00:00:00,067 --> 00:00:00,133
                FrameCnt: 1 2026-06-01 02:00:00.067
                [iso: 100] [shutter: 1/30.0] [fnum: 1.0] [ev: 0] [color_md: default] [ae_meter_md: 1] [focal_len: 40.00] \
                [dzoom_ratio: 1.00], [latitude: 18.566227] [longitude: 73.771846] [rel_alt: 70.472 abs_alt: 607.273] \
                [gb_yaw: -125.5 gb_pitch: -63.1 gb_roll: 0.0]


                """)
    }
}
