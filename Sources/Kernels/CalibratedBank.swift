internal import CKernels

/// Distance of each cell of a map to the nearest vector of a bank, in deviations of what normal pictures have at that cell.
///
/// Method: `PatchCore` (K. Roth et al. 2022) with the distance of each place calibrated by normal pictures.
public struct CalibratedBank: Hashable, Sendable {
    public let bank: NeighborBank
    /// Usual distance of each cell.
    public let means: [Float]
    /// Above 0, one a cell.
    public let deviations: [Float]

    private var cells: [Float] = []

    /// - Precondition: as many means as deviations, at least one, and no deviation is 0.
    public init(bank: NeighborBank, means: [Float], deviations: [Float]) {
        precondition(
            !means.isEmpty && means.count == deviations.count && deviations.allSatisfy { $0 > 0 }, "calibration")
        (self.bank, self.means, self.deviations) = (bank, means, deviations)
    }

    /// - Precondition: the map has the bank's channels and as many cells as there are means.
    public mutating func distances(_ map: FeatureMap, into out: inout [Float]) {
        precondition(map.channels == bank.dimensions && map.cells == means.count, "map of a bank")
        FeatureStatistics.resize(&cells, map.cells * map.channels)
        cf_cells(map.base, map.channels, map.cells, &cells)
        bank.distances(cells, into: &out)
        for i in out.indices { out[i] = (out[i] - means[i]) / deviations[i] }
    }
}
