import FrameSources

/// Where footage is decoded.
public enum FootageDecoding: String, Sendable, CaseIterable {
    /// In a confined process of each source, which may crash or hang without harm to the rest.
    case isolated
    case inProcess = "in-process"

    var isolation: DecoderIsolation? { self == .isolated ? .ofThisProgram : nil }
}

/// What a program has to do first that decodes in processes of its own.
public enum DecoderProgram {
    /// Where the program was started as a decoder, it is one and this never returns.
    public static func serveIfAsked() { DecoderWorker.serveIfAsked() }
}
