extension Alert {
    /// The document of schema `shrike.alert/1`; `box` becomes fractions of the picture, numbers get fixed precision.
    public var json: JSONValue {
        .object(compacting: [
            "schema": .string(Self.schema),
            "alert_id": .string(alertID),
            "defect_id": .string(defectID),
            "seq": .integer(Int64(clamping: sequence)),
            "site": .string(site),
            "gateway": .string(gateway),
            "source": .object([
                "id": .string(source.id),
                "kind": .string(source.kind.rawValue),
                "uri_redacted": .string(source.redactedAddress),
            ]),
            "ts": .string(time.rfc3339),
            "ts_quality": .string(timeQuality.rawValue),
            "mono_ns": .integer(monotonicNanoseconds),
            "boot_id": .string(bootID),
            "media_time_ms": .integer(mediaTime.milliseconds),
            "frame_no": .integer(frameIndex),
            "class": .string(className),
            "grade": .string(grade.rawValue),
            "grade_basis": .object([
                "rule_id": .string(basis.ruleID),
                "standard": .string(basis.standard),
                "edition": .string(basis.edition),
                "inputs": .object(basis.inputs.mapValues { .number($0, decimals: 3) }),
            ]),
            "score": .number(score, decimals: 4),
            "bbox": .array(normalizedBox.map { .number($0, decimals: 6) }),
            "image": .object(["w": .integer(Int64(imageWidth)), "h": .integer(Int64(imageHeight))]),
            "model": lineage.scene.json,
            "lineage": lineage.parents.isEmpty ? nil : .array(lineage.parents.map(\.json)),
            "state": .string(state.rawValue),
            "resend": .bool(isResend),
            "attempt": .integer(Int64(attempt)),
            "track_id": .integer(Int64(trackID)),
            "first_seen_ms": .integer(firstSeen.milliseconds),
            "count": .integer(Int64(count)),
            "polygon": outline.map { points in
                .array(
                    points.map {
                        .array([
                            .number($0.x / Double(imageWidth), decimals: 6),
                            .number($0.y / Double(imageHeight), decimals: 6),
                        ])
                    })
            },
            "thermal": thermal?.json,
            "geo": place?.json,
            "pose": pose?.json,
            "asset": asset?.json,
            "evidence": evidence.isEmpty ? nil : .array(evidence.map(\.json)),
            "zones": zones.isEmpty ? nil : .array(zones.map { .string($0) }),
            "degraded": degraded.isEmpty ? nil : .array(degraded.map { .string($0) }),
        ])
    }

    /// Box as fractions of the picture: x, y, width, height.
    private var normalizedBox: [Double] {
        let w = Double(imageWidth)
        let h = Double(imageHeight)
        let inside = box.clipped(toWidth: w, height: h) ?? Box(x: 0, y: 0, width: 0, height: 0)
        return [inside.x / w, inside.y / h, inside.width / w, inside.height / h]
    }
}

extension ModelIdentity {
    public var json: JSONValue {
        .object([
            "level": .string(level.rawValue), "name": .string(name), "version": .string(version),
            "digest": .string(digest),
        ])
    }
}

extension ThermalReading {
    public var json: JSONValue {
        .object(compacting: [
            "t1": hotCelsius.map { .number($0, decimals: 2) },
            "t2": normalCelsius.map { .number($0, decimals: 2) },
            "t0": ambientCelsius.map { .number($0, decimals: 2) },
            "delta_k": deltaKelvin.map { .number($0, decimals: 2) },
            "delta_rel_pct": relativePercent.map { .number($0, decimals: 1) },
            "contrast_sigma": .number(contrastSigma, decimals: 2),
        ])
    }
}

extension GroundPoint {
    public var json: JSONValue {
        .object(compacting: [
            "lat": .number(latitude, decimals: 7),
            "lon": .number(longitude, decimals: 7),
            "alt_m": altitude.map { .number($0, decimals: 2) },
            "ce_m": .number(circularErrorMeters, decimals: 2),
            "method": .string(method.rawValue),
        ])
    }
}

extension Pose {
    public var json: JSONValue {
        .object(compacting: [
            "lat": latitude.map { .number($0, decimals: 7) },
            "lon": longitude.map { .number($0, decimals: 7) },
            "rel_alt_m": relativeAltitude.map { .number($0, decimals: 3) },
            "abs_alt_m": absoluteAltitude.map { .number($0, decimals: 3) },
            "yaw": yaw.map { .number($0, decimals: 2) },
            "pitch": pitch.map { .number($0, decimals: 2) },
            "roll": roll.map { .number($0, decimals: 2) },
            "hfov": horizontalFieldOfView.map { .number($0, decimals: 2) },
            "sample_offset_ms": sampleOffsetMilliseconds.map { .number($0, decimals: 1) },
        ])
    }
}

extension AssetReference {
    public var json: JSONValue {
        .object(compacting: [
            "id": .string(id),
            "name": name.map { .string($0) },
            "kind": kind.map { .string($0) },
            "probability": .number(probability, decimals: 3),
            "distance_m": .number(distanceMeters, decimals: 2),
        ])
    }
}

extension EvidenceReference {
    public var json: JSONValue {
        .object([
            "kind": .string(kind.rawValue), "path": .string(path), "sha256": .string(sha256),
            "bytes": .integer(Int64(bytes)),
        ])
    }
}
