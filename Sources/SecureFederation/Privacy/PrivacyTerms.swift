public import DifferentialPrivacy

/// What a consortium agreed on before the first private sum; every number is public.
/// Source: private-training section 2
public struct PrivacyTerms: Hashable, Sendable {
    /// Whom the guarantee protects.
    public var unit: PrivacyUnit
    /// Which data sets are neighbours.
    public var adjacency: Adjacency
    /// What may be spent by all private sums together.
    public var budget: PrivacyBudget
    /// Members, all of whom send noise in every round.
    public var participants: Int
    /// Members whose noise may be known to the coordinator, t.
    public var colluders: Int
    /// Members that may be missing from a sum, k; with fewer survivors it stays masked.
    public var dropouts: Int
    /// The most units of one member.
    public var unitsPerParticipant: Int
    /// The number of units that means are taken over: agreed, not counted on data.
    public var nominalUnits: Int
    /// The most members that hold data of one and the same unit.
    public var memberships: Int

    /// Writes the terms down; they are checked by the plan that is made from them.
    public init(
        unit: PrivacyUnit, adjacency: Adjacency, budget: PrivacyBudget, participants: Int, colluders: Int,
        dropouts: Int,
        unitsPerParticipant: Int, nominalUnits: Int, memberships: Int
    ) {
        precondition(nominalUnits >= 1, "a mean over nobody")
        self.unit = unit
        self.adjacency = adjacency
        self.budget = budget
        self.participants = participants
        self.colluders = colluders
        self.dropouts = dropouts
        self.unitsPerParticipant = unitsPerParticipant
        self.nominalUnits = nominalUnits
        self.memberships = memberships
    }

    /// How loud the noise of a procedure would be; throws as `ProcedureForecast` does.
    public func forecast(
        _ procedure: PrivateProcedure, events: Int, dimension: Int
    ) throws(AccountingRefusal) -> ProcedureForecast {
        try ProcedureForecast(
            procedure, events: events, dimension: dimension, units: nominalUnits, companies: participants,
            colluders: colluders, dropouts: dropouts, budget: budget, unit: unit, adjacency: adjacency)
    }
}
