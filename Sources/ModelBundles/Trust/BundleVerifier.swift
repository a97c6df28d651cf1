import Integrity
import ShrikeCore

/// Looks at a bundle from all sides before it is used: digests, signatures, parents, content, and its results here.
public struct BundleVerifier: Sendable {
    private let policy: TrustPolicy
    private let golden: (@Sendable (BundleChain) throws -> GoldenOutcome)?

    /// - Parameter golden: replays the golden set on this machine's engine; nil where results are not compared.
    public init(policy: TrustPolicy, golden: (@Sendable (BundleChain) throws -> GoldenOutcome)? = nil) {
        (self.policy, self.golden) = (policy, golden)
    }

    /// The verdict on what an address names.
    ///
    /// The chain is handed out where it could be read, whether it is refused or not.
    public func verify(_ address: BundleAddress, in store: ModelStore) -> (verdict: BundleVerdict, chain: BundleChain?)
    {
        var verdict = BundleVerdict(reference: "\(address)", digest: "")
        let top: ModelBundle
        do throws(BundleError) { top = try store.bundle(address) } catch {
            verdict.refusals.append(BundleRefusal(Self.kind(of: error), error.what))
            return (verdict, nil)
        }
        return verify(top, in: store)
    }

    /// The verdict on a bundle and all it rides on.
    public func verify(_ top: ModelBundle, in store: ModelStore) -> (verdict: BundleVerdict, chain: BundleChain?) {
        var verdict = BundleVerdict(reference: top.manifest.reference, digest: top.digest.description)
        checkSignature(top, into: &verdict)
        checkBlobs(top, into: &verdict)
        let chain: BundleChain
        do throws(BundleError) { chain = try BundleChain.resolve(top, elsewhere: [store.layout]) } catch {
            verdict.refusals.append(BundleRefusal(.missingParent, error.what))
            return (verdict, nil)
        }
        for parent in chain.parents { checkBlobs(parent, into: &verdict) }
        guard verdict.refusals.allSatisfy({ $0.kind != .damagedBlob }) else { return (verdict, chain) }
        checkContent(chain, in: store, into: &verdict)
        // Numbers of content that is refused mean nothing.
        if verdict.isAccepted { replayGolden(chain, into: &verdict) }
        return (verdict, chain)
    }

    private func checkSignature(_ bundle: ModelBundle, into verdict: inout BundleVerdict) {
        guard policy.mode != .off else { return }
        var problem: BundleRefusal?
        do throws(BundleError) {
            let signatures = try BundleSignature.all(of: bundle.digest, in: bundle.source)
            verdict.signedBy = policy.keys.filter { trusted in
                signatures.contains { $0.isValid(for: bundle.digest, key: trusted.key) }
            }.map(\.name)
            let keys = policy.keys.isEmpty ? "none is configured" : policy.keys.map(\.name).joined(separator: ", ")
            if signatures.isEmpty {
                problem = BundleRefusal(.unsigned, "unsigned: there is no signature of \(bundle.digest)")
            } else if verdict.signedBy.isEmpty {
                problem = BundleRefusal(
                    .wrongKey, "wrong key: none of \(signatures.count) signatures is of a trusted key (\(keys))")
            }
        } catch { problem = BundleRefusal(.unsigned, "signature cannot be read: \(error.what)") }
        guard let problem else { return }
        if policy.mode == .require { verdict.refusals.append(problem) } else { verdict.warnings.append(problem) }
    }

    private func checkBlobs(_ bundle: ModelBundle, into verdict: inout BundleVerdict) {
        for blob in bundle.manifest.blobs {
            do throws(BundleError) {
                try bundle.source.stream(blob.digest, size: blob.size) { _ throws(BundleError) in }
            } catch {
                let file = blob.file ?? "config"
                verdict.refusals.append(
                    BundleRefusal(.damagedBlob, "\(bundle.manifest.reference) \(file): \(error.what)"))
            }
        }
    }

    private func checkContent(_ chain: BundleChain, in store: ModelStore, into verdict: inout BundleVerdict) {
        do throws(BundleError) {
            if chain.top.manifest.level == .l2 { try SceneLoader.check(chain) }
            if let base = chain.base { _ = try BaseDescription(of: base) }
            if let adaptation = chain.adaptation {
                let place = "\(adaptation.manifest.reference) \(Adaptation.file)"
                _ = try Adaptation(adaptation.tensors(Adaptation.file), at: place)
            }
        } catch { verdict.refusals.append(BundleRefusal(.badContent, error.what)) }
    }

    private func replayGolden(_ chain: BundleChain, into verdict: inout BundleVerdict) {
        guard let golden, chain.top.manifest.level == .l2 else { return }
        do {
            verdict.golden = try golden(chain)
            if case .mismatch(let differences) = verdict.golden {
                verdict.refusals.append(
                    BundleRefusal(
                        .goldenMismatch,
                        "other results on this machine than where it was made: \(differences.joined(separator: ", "))"))
            }
        } catch { verdict.refusals.append(BundleRefusal(.unusable, "cannot be loaded: \(error)")) }
    }

    private static func kind(of error: BundleError) -> BundleRefusal.Kind {
        error.what.hasPrefix("changed") ? .changedManifest : .unreadableManifest
    }
}
