internal import CSandbox
import Synchronization

/// Decoding in a child process of each source, confined to what it is handed: memory is limited, nothing but the one file or
/// address can be opened, no program started (rlimits, Landlock, seccomp; each where the kernel has it).
///
/// What hostile or damaged footage does to a decoder then happens to the child, which is killed and started again.
public struct DecoderIsolation: Hashable, Sendable {
    /// A program that calls ``DecoderWorker/serveIfAsked()`` first of all.
    public var program: String
    /// A decoder that is silent for so many seconds over one picture hangs.
    public var patience: Double
    /// Address space of the child in bytes; the largest picture allowed takes about 800 MB in a progressive JPEG.
    public var memory: Int

    public init(program: String, patience: Double = 7, memory: Int = 2 << 30) {
        (self.program, self.patience, self.memory) = (program, patience, memory)
    }

    /// Means of confinement that this machine's kernel lacks, found by starting a decoder; nil where none could be started.
    public func missingMeans() -> [String]? {
        guard let process = try? DecoderProcess.started(self, isWanted: { true }),
            let reply = try? process.ask(DecoderMessage(.confine, Int64(memory)), seconds: patience)
        else { return nil }
        let means = [(CSBX_LIMITS, "limits"), (CSBX_LANDLOCK, "Landlock"), (CSBX_SYSCALLS, "seccomp")]
        return means.filter { reply[0] & Int($0.0) == 0 }.map(\.1)
    }

    /// Children that run the present program, which is found also when its file was replaced; nil in programs that are no
    /// decoders, such as a test runner.
    public static var ofThisProgram: DecoderIsolation? {
        DecoderWorker.isOffered.load(ordering: .relaxed) ? DecoderIsolation(program: "/proc/self/exe") : nil
    }
}
