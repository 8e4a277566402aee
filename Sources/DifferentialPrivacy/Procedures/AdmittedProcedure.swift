/// A training whose guarantee for a unit of privacy rests on its clip norm: the proof that `admit` said yes.
///
/// Only `admit` makes one, and a report states a figure only with one in hand.
/// Source: private-procedures section 2
public struct AdmittedProcedure: Hashable, Sendable {
    /// The most companies one machine may belong to.
    public static let largestMemberships = 1024

    /// How the sums are made.
    public let procedure: PrivateProcedure
    /// Whom the guarantee protects.
    public let unit: PrivacyUnit
    /// Companies that may hold data of one and the same unit; the sensitivity is multiplied by it.
    public let memberships: Int

    /// Checks a training against the rules of its unit.
    ///
    /// - Parameters:
    ///   - ingredients: everything the training makes use of; what is left out is not covered.
    ///   - memberships: the most companies that hold data of one unit, 1...1024.
    /// Throws the first reason why the clip does not bound the unit's influence.
    /// Source: private-procedures section 2
    public static func admit(
        _ procedure: PrivateProcedure, unit: PrivacyUnit, ingredients: Set<TrainingIngredient>, memberships: Int
    ) throws(ProcedureRefusal) -> AdmittedProcedure {
        guard (1...largestMemberships).contains(memberships) else { throw .membershipsOutOfRange }
        if unit == .silo {
            // A company is all its units: whatever it does inside, its update is clipped as a whole.
            guard procedure == .companyFedAvg else { throw .unitSumsDoNotProtectCompanies }
            for ingredient in [TrainingIngredient.unchargedTuning, .unchargedEarlyStopping, .privateDenominator]
            where ingredients.contains(ingredient) {
                if let refusal = ProcedureRefusal(ingredient, unit: unit) { throw refusal }
            }
        } else {
            guard procedure.boundsUnits else { throw .companyUpdateProtectsCompaniesOnly }
            for ingredient in TrainingIngredient.allCases where ingredients.contains(ingredient) {
                if let refusal = ProcedureRefusal(ingredient, unit: unit) { throw refusal }
            }
        }
        return AdmittedProcedure(procedure: procedure, unit: unit, memberships: memberships)
    }

    private init(procedure: PrivateProcedure, unit: PrivacyUnit, memberships: Int) {
        self.procedure = procedure
        self.unit = unit
        self.memberships = memberships
    }
}
