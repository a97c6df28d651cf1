import Integrity

extension BundleChain {
    /// Writes the whole chain, with the signatures its sources hold, as one tar file for a stick.
    public func writeTar(to path: String) throws(BundleError) {
        var index = LayoutIndex()
        var blobs: [BlobDescriptor] = []
        var origins: [SHA256Digest: any BlobSource] = [:]
        func add(_ blob: BlobDescriptor, from source: any BlobSource) {
            if origins.updateValue(source, forKey: blob.digest) == nil { blobs.append(blob) }
        }
        for bundle in bundles {
            let entry = BlobDescriptor(
                mediaType: ModelPackType.imageManifest, digest: bundle.digest,
                size: bundle.source.size(of: bundle.digest) ?? 0, artifactType: ModelPackType.artifact)
            index.set(entry, named: bundle.manifest.reference)
            add(entry, from: bundle.source)
            for blob in bundle.manifest.blobs { add(blob, from: bundle.source) }
            guard let signed = try BundleSignature.blobs(of: bundle.digest, in: bundle.source) else { continue }
            index.set(signed.manifest, named: SimpleSigning.tag(of: bundle.digest))
            for blob in [signed.manifest] + signed.blobs { add(blob, from: bundle.source) }
        }
        try TarWriter.write(
            index, blobs: blobs, from: JoinedSource(origins: origins, place: top.source.place), to: path)
    }
}
