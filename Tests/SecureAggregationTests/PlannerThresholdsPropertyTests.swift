import SecureAggregation
import Testing

/// Quorum intersection, exhaustively for small sessions, and the algebra of the thresholds.
@Suite struct PlannerThresholdsPropertyTests {
    /// All subsets of 0..<n of one size, as bit sets.
    static func subsets(of participants: Int, size: Int) -> [UInt32] {
        (0..<(UInt32(1) << UInt32(participants))).filter { $0.nonzeroBitCount == size }
    }

    /// Whether some two quorums meet in colluders alone, for some choice of the colluders.
    static func canEquivocate(_ participants: Int, _ colluders: Int, _ quorum: Int) -> Bool {
        let quorums = subsets(of: participants, size: quorum)
        let corrupt = subsets(of: participants, size: colluders)
        for first in quorums {
            for second in quorums {
                let common = first & second
                if common.nonzeroBitCount > colluders { continue }
                if corrupt.contains(where: { common & ~$0 == 0 }) { return true }
            }
        }
        return false
    }

    @Test(arguments: 3...8)
    func twoQuorumsShareAnHonestMember(participants: Int) throws {
        for colluders in 0..<participants {
            let quorum = try Thresholds(participants: participants, colluders: colluders).quorum
            #expect(!Self.canEquivocate(participants, colluders, quorum))
            // One signature fewer is always too few.
            #expect(Self.canEquivocate(participants, colluders, quorum - 1))
        }
    }

    @Test func safeForEverySessionSize() throws {
        for participants in 3...200 {
            for colluders in 0..<participants {
                for rule in [ThresholdRule.quorum, .minimum, .explicit(participants)] {
                    let thresholds = try Thresholds(participants: participants, colluders: colluders, rule: rule)
                    #expect(2 * thresholds.quorum > participants + colluders)
                    #expect(2 * (thresholds.quorum - 1) <= participants + colluders)
                    #expect(thresholds.quorum <= participants)
                    #expect(thresholds.shamir >= max(2, colluders + 1))
                    #expect(thresholds.shamir <= participants)
                }
            }
        }
    }

    @Test func silentColludersNeedThreeTimesTheirNumber() throws {
        for participants in 3...120 {
            for colluders in 0..<participants {
                let thresholds = try Thresholds(participants: participants, colluders: colluders)
                #expect((thresholds.toleratedBeforeSurvivors >= 0) == (participants >= 3 * colluders + 1))
                #expect(thresholds.isLive(with: Dropouts()) == (participants >= 3 * colluders + 1))
            }
        }
    }

    @Test func livenessOfTen() throws {
        let thresholds = try Thresholds(participants: 10, colluders: 1, rule: .minimum)
        #expect(thresholds.quorum == 6)
        #expect(thresholds.shamir == 2)
        #expect(thresholds.isLive(with: Dropouts(early: 3, late: 4)))
        #expect(!thresholds.isLive(with: Dropouts(early: 4)))
        #expect(!thresholds.isLive(with: Dropouts(early: 3, late: 5)))
        #expect(!thresholds.isLive(with: Dropouts(setup: 1, early: 3)))
    }

    /// Ten members, one colluder (0), t = 2, cohorts {0...5} and {0, 1, 6...9}, victim 1 left out of the second set.
    /// Quorums of the cohorts' size would pass twice; the session's quorum cannot.
    @Test func quorumsOfACohortWouldOpenAClient() {
        let first: UInt32 = 0b00_0011_1111
        let second: UInt32 = 0b11_1100_0011
        let victim: UInt32 = 1 << 1
        let signersOfSecond = (second & ~victim).nonzeroBitCount
        let honestHoldersOfSecond = (second & ~victim & ~1).nonzeroBitCount
        #expect(signersOfSecond >= Thresholds.quorum(participants: second.nonzeroBitCount, colluders: 1))
        #expect(first.nonzeroBitCount >= Thresholds.quorum(participants: first.nonzeroBitCount, colluders: 1))
        #expect(honestHoldersOfSecond >= Thresholds.smallestThreshold(colluders: 1))
        #expect(signersOfSecond < Thresholds.quorum(participants: 10, colluders: 1))
    }

    @Test func receiptsStayBetweenThresholdAndWhatHonestMembersGive() throws {
        for participants in 3...60 {
            for colluders in 0..<participants {
                for rule in [ThresholdRule.quorum, .minimum] {
                    let thresholds = try Thresholds(participants: participants, colluders: colluders, rule: rule)
                    for setup in 0...3 {
                        let honest = participants - colluders - setup
                        if let receipts = thresholds.receipts(setupDropouts: setup) {
                            #expect(receipts.lowerBound == thresholds.shamir)
                            #expect(receipts.upperBound <= thresholds.shamir + colluders)
                            #expect(receipts.upperBound <= honest)
                        } else {
                            #expect(honest < thresholds.shamir)
                        }
                    }
                }
            }
        }
    }
}
