extension GroupMeans {
    /// The model moved by a coalition's weighted mean; the empty coalition moves nothing. Bit g is row g.
    ///
    /// Throws `unknownGroup` for a bit beyond the rows, `lengthMismatch`.
    public func model(of coalition: Coalition, from model: ParameterVector) throws(RobustnessRefusal) -> ParameterVector
    {
        guard model.layout.parameterCount == dimension else {
            throw .lengthMismatch(expected: dimension, found: model.layout.parameterCount)
        }
        let rows = coalition.groups
        guard !rows.isEmpty else { return model }
        let mean = try self.mean(of: rows)
        var moved = model
        var parameters = model.values
        for index in mean.indices { parameters[index] = Float(Double(parameters[index]) + mean[index]) }
        moved.values = parameters
        return moved
    }
}
