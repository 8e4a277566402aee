/// Poisoned examples: for measuring how rules hold, in simulations alone.
/// Source: robust-sums section 7
public enum DataAttack: Hashable, Sendable {
    /// A target t becomes `sum - t`: 1 swaps the two classes of a binary head, the cap mirrors a remaining life, and the number
    /// of classes less one reverses class indices.
    case labelFlip(column: Int, sum: Float)
    /// A backdoor: a share of rows gets the trigger on its inputs and the attacker's target.
    case sensorTrigger(SensorTrigger, share: Double)

    /// The poisoned table; columns must exist.
    public func poison(_ examples: ExampleTable, from generator: inout SeededGenerator) -> ExampleTable {
        switch self {
        case .labelFlip(let column, let sum):
            precondition((0..<examples.targetWidth).contains(column), "no such column")
            var targets = examples.targets
            for row in 0..<examples.rows {
                let place = row * examples.targetWidth + column
                targets[place] = sum - targets[place]
            }
            return Self.table(examples, examples.inputs, targets)
        case .sensorTrigger(let trigger, let share):
            precondition((0...1).contains(share), "a share out of range")
            let rows = (0..<examples.rows).filter { _ in generator.uniform() < share }
            return trigger.apply(to: examples, rows: rows, relabels: true)
        }
    }

    static func table(_ old: ExampleTable, _ inputs: [Float], _ targets: [Float]) -> ExampleTable {
        do throws(LearningFailure) {
            return try ExampleTable(
                inputs: inputs, inputWidth: old.inputWidth, targets: targets, targetWidth: old.targetWidth)
        } catch {
            preconditionFailure("an attack with numbers that are not finite")
        }
    }
}

/// A pattern on some inputs that shall make the model answer as the attacker wants.
/// Source: robust-sums section 7
public struct SensorTrigger: Hashable, Sendable {
    /// Which input columns are overwritten.
    public let columns: [Int]
    /// With what, finite.
    public let value: Float
    /// Which target the attacker sets.
    public let targetColumn: Int
    /// To what, finite.
    public let target: Float

    /// Joins the parts.
    public init(columns: [Int], value: Float, targetColumn: Int, target: Float) {
        precondition(!columns.isEmpty && value.isFinite && target.isFinite, "a trigger without columns or numbers")
        self.columns = columns
        self.value = value
        self.targetColumn = targetColumn
        self.target = target
    }

    /// The table with the trigger on the given rows; without relabelling it is the test of whether a backdoor works.
    public func apply(to examples: ExampleTable, rows: [Int], relabels: Bool) -> ExampleTable {
        precondition(columns.allSatisfy { (0..<examples.inputWidth).contains($0) }, "no such input")
        precondition((0..<examples.targetWidth).contains(targetColumn), "no such target")
        var inputs = examples.inputs
        var targets = examples.targets
        for row in rows {
            precondition((0..<examples.rows).contains(row), "no such row")
            for column in columns { inputs[row * examples.inputWidth + column] = value }
            if relabels { targets[row * examples.targetWidth + targetColumn] = target }
        }
        return DataAttack.table(examples, inputs, targets)
    }
}
