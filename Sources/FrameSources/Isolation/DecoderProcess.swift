internal import CSandbox
import Foundation

/// The decoder process of one source, seen from the source's thread.
///
/// Nothing it says is believed without a look: a child that decodes hostile footage may be hostile.
final class DecoderProcess {
    /// Why there is no answer.
    enum Loss: Error, Hashable {
        case crashed(signal: Int32)
        case ended(status: Int32)
        case hung(seconds: Double)
        case unintelligible
        /// The source is not wanted any more.
        case unwanted
        case notStarted(reason: String)

        /// It may have been the system's doing, and not the footage's.
        var isCrash: Bool {
            switch self {
            case .crashed, .ended: true
            default: false
            }
        }

        var reason: String {
            switch self {
            case .crashed(let signal): "the decoder crashed (signal \(signal))"
            case .ended(let status): "the decoder ended (status \(status))"
            case .hung(let seconds): "the decoder hung for \(Int(seconds.rounded(.up))) s"
            case .unintelligible: "the decoder gave no sense"
            case .unwanted: "not wanted any more"
            case .notStarted(let reason): "the decoder cannot be started: \(reason)"
            }
        }
    }

    private var child = csbx_child()
    private let isWanted: @Sendable () -> Bool
    private var known: [Int: Weak] = [:]
    private var isGone = false

    private struct Weak { weak var piece: SharedMemory? }

    /// How often a waiting source looks whether it is still wanted.
    private static let slice = 0.1
    private static let attempts = 10
    private static let attemptPause = 0.5

    /// Tries again for a while where the system has no process left.
    static func started(
        _ isolation: DecoderIsolation, isWanted: @escaping @Sendable () -> Bool
    ) throws(Loss) -> DecoderProcess {
        for _ in 1..<attempts {
            if let process = try? DecoderProcess(isolation, isWanted: isWanted) { return process }
            Thread.sleep(forTimeInterval: attemptPause)
            if !isWanted() { throw .unwanted }
        }
        return try DecoderProcess(isolation, isWanted: isWanted)
    }

    private init(_ isolation: DecoderIsolation, isWanted: @escaping @Sendable () -> Bool) throws(Loss) {
        self.isWanted = isWanted
        let arguments: [UnsafeMutablePointer<CChar>?] = [
            strdup(isolation.program), strdup(DecoderWorker.argument), nil,
        ]
        let environment: [UnsafeMutablePointer<CChar>?] = DecoderWorker.environment.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        guard csbx_start(isolation.program, arguments, environment, &child) else {
            throw .notStarted(reason: String(cString: strerror(errno)))
        }
    }

    deinit { end() }

    /// Asks and waits for the answer.
    ///
    /// - Throws: after which the process is gone.
    func ask(_ request: DecoderMessage, seconds: Double) throws(Loss) -> DecoderMessage {
        guard send(request) else { throw lost() }
        let deadline = ProcessInfo.processInfo.systemUptime + seconds
        return try withUnsafeTemporaryAllocation(byteCount: DecoderMessage.maximumBytes, alignment: 8) {
            (buffer) throws(Loss) in
            while true {
                var descriptor: CInt = -1
                let left = deadline - ProcessInfo.processInfo.systemUptime
                let count = csbx_receive(
                    child.socket, buffer.baseAddress, buffer.count, &descriptor,
                    CInt(max(0, min(Self.slice, left)) * 1000))
                if descriptor >= 0 { close(descriptor) }
                if count == CSBX_TIMED_OUT {
                    if !isWanted() { throw lost(.unwanted) }
                    if left <= 0 { throw lost(.hung(seconds: seconds)) }
                    continue
                }
                guard count > 0 else { throw lost() }
                guard let reply = DecoderMessage(UnsafeRawBufferPointer(rebasing: buffer[..<count])),
                    reply.reply != nil
                else { throw lost(.unintelligible) }
                return reply
            }
        }
    }

    /// Makes the child see a piece of memory; what is gone here it lets go too.
    func share(_ piece: SharedMemory, isReadOnly: Bool) throws(Loss) {
        guard known[piece.number] == nil else { return }
        for (number, entry) in known where entry.piece == nil {
            known[number] = nil
            guard send(DecoderMessage(.forget, Int64(number))) else { throw lost() }
        }
        known[piece.number] = Weak(piece: piece)
        let message = DecoderMessage(.memory, Int64(piece.number), Int64(piece.count), isReadOnly ? 1 : 0)
        guard send(message, descriptor: piece.descriptor) else { throw lost() }
    }

    private func send(_ message: DecoderMessage, descriptor: CInt = -1) -> Bool {
        let bytes = message.bytes
        return csbx_send(child.socket, bytes, bytes.count, descriptor)
    }

    /// Ends what is left of the child and tells why it went.
    func lost(_ reason: Loss? = nil) -> Loss {
        let status = end()
        if let reason { return reason }
        let signal = status & 0x7f
        return signal == 0 ? .ended(status: (status >> 8) & 0xff) : .crashed(signal: signal)
    }

    /// It has nothing to lose: no politeness. A child that has ended before keeps its own status.
    @discardableResult
    private func end() -> Int32 {
        guard !isGone else { return 0 }
        isGone = true
        close(child.socket)
        var status: Int32 = 0
        if !Self.ended(child.pid, &status, within: 0.05) {
            kill(child.pid, SIGKILL)
            while waitpid(child.pid, &status, 0) < 0, errno == EINTR {}
        }
        return status
    }

    /// A crashing child closes its socket a moment before it can be waited for; its own status tells more than our signal.
    private static func ended(_ process: pid_t, _ status: inout Int32, within seconds: Double) -> Bool {
        let deadline = ProcessInfo.processInfo.systemUptime + seconds
        repeat {
            if waitpid(process, &status, WNOHANG) == process { return true }
            usleep(1000)
        } while ProcessInfo.processInfo.systemUptime < deadline
        return false
    }
}
