import Testing

@testable import DifferentialPrivacy

@Suite struct ProcedureMisuseTests {
    static let refused: [(TrainingIngredient, ProcedureRefusal)] = [
        (.pooledLocalSteps, .pooledLocalSteps), (.batchNormalisation, .batchNormalisation),
        (.companyVariates, .companyVariates), (.companyOptimiserState, .companyOptimiserState),
        (.companyHead, .companyHead), (.companyClusterChoice, .companyClusterChoice),
        (.unchargedNormaliser, .unchargedNormaliser), (.unchargedClassWeights, .unchargedClassWeights),
        (.unchargedEarlyStopping, .unchargedEarlyStopping), (.unchargedTuning, .unchargedTuning),
        (.privateDenominator, .privateDenominator), (.dataDependentAbort, .dataDependentAbort),
    ]

    @Test("Each ingredient that mixes machines is refused by its own name", arguments: refused)
    func refusedForAssetsAndRecords(_ row: (TrainingIngredient, ProcedureRefusal)) {
        for unit in [PrivacyUnit.asset, .record] {
            for procedure in PrivateProcedure.allCases where procedure.boundsUnits {
                #expect(throws: row.1) {
                    try AdmittedProcedure.admit(procedure, unit: unit, ingredients: [row.0], memberships: 1)
                }
            }
        }
    }

    @Test func everyIngredientIsEitherFreeOrRefused() {
        for ingredient in TrainingIngredient.allCases {
            #expect(ingredient.isFree == (ProcedureRefusal(ingredient, unit: .record) == nil), "\(ingredient)")
        }
        #expect(Set(Self.refused.map(\.1)).count == Self.refused.count)
    }

    @Test func overlappingWindowsAreAMachinesOwnAffairButNoRecords() throws {
        #expect(throws: ProcedureRefusal.overlappingWindows) {
            try AdmittedProcedure.admit(
                .oneShotStatistics, unit: .record, ingredients: [.overlappingWindows], memberships: 1)
        }
        let admitted = try AdmittedProcedure.admit(
            .oneShotStatistics, unit: .asset, ingredients: [.overlappingWindows], memberships: 1)
        #expect(admitted.unit == .asset && admitted.procedure == .oneShotStatistics)
    }

    @Test func companyUpdatesProtectCompaniesOnly() throws {
        for unit in [PrivacyUnit.asset, .record] {
            #expect(throws: ProcedureRefusal.companyUpdateProtectsCompaniesOnly) {
                try AdmittedProcedure.admit(.companyFedAvg, unit: unit, ingredients: [], memberships: 1)
            }
        }
        for procedure in PrivateProcedure.allCases where procedure.boundsUnits {
            #expect(throws: ProcedureRefusal.unitSumsDoNotProtectCompanies) {
                try AdmittedProcedure.admit(procedure, unit: .silo, ingredients: [], memberships: 1)
            }
        }
        let silo = try AdmittedProcedure.admit(
            .companyFedAvg, unit: .silo, ingredients: [.pooledLocalSteps, .companyHead], memberships: 1)
        #expect(silo.unit == .silo)
        #expect(throws: ProcedureRefusal.unchargedTuning) {
            try AdmittedProcedure.admit(.companyFedAvg, unit: .silo, ingredients: [.unchargedTuning], memberships: 1)
        }
    }

    @Test(arguments: [0, -1, 1025]) func membershipsAreFixedAndFew(_ memberships: Int) {
        #expect(throws: ProcedureRefusal.membershipsOutOfRange) {
            try AdmittedProcedure.admit(.unitFedAvg, unit: .asset, ingredients: [], memberships: memberships)
        }
    }

    @Test func everyRefusalSaysWhatWouldDo() {
        for (_, refusal) in Self.refused {
            #expect(refusal.description.contains(";") || refusal.description.contains("leave"), "\(refusal)")
        }
    }
}
