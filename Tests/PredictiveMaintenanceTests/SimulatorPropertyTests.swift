import FederatedLearning
import Foundation
import Testing

@testable import PredictiveMaintenance

/// The simulator: reproducible, different between companies, and physical enough that the features show the fault.
struct SimulatorPropertyTests {
    static func fleet(company: Int, seed: UInt64 = 1, purpose: SimulatedFleet.Purpose = .training) -> SimulatedFleet {
        SimulatedFleet(
            SimulatedPlant(company: company, seed: seed, heterogeneity: .mild), seed: seed, purpose: purpose,
            machines: 12, recordings: 16)
    }

    @Test("the same arguments give the same recordings, other seeds and companies others")
    func reproducible() {
        let one = Self.fleet(company: 0)
        let again = Self.fleet(company: 0)
        #expect(one.features == again.features)
        #expect(one.states == again.states)
        #expect(one.features != Self.fleet(company: 1).features)
        #expect(one.features != Self.fleet(company: 0, seed: 2).features)
        #expect(one.features != Self.fleet(company: 0, purpose: .validation).features)
    }

    @Test("companies differ after normalisation with the statistics of all, not only by noise")
    func different() throws {
        let scenario = Scenario.simulated(companies: 5, seed: 1)
        let normaliser = try ReferenceFederation(scenario).normaliser()
        var offsets: [Double] = []
        for company in scenario.companies {
            let workload = try #require(company.workload as? MachineStateWorkload)
            let examples = try workload.examples(normaliser).training
            let column = stride(from: 5, to: examples.inputs.count, by: 22).map { Double(examples.inputs[$0]) }
            offsets.append(column.reduce(0, +) / Double(column.count))
        }
        // the sensor's zero offset is a property of the company; its mean over a company would be 0 if it were erased
        for (index, offset) in offsets.enumerated() {
            for other in offsets[(index + 1)...] { #expect(abs(offset - other) > 0.05) }
        }
    }

    @Test("all four states occur in every company's training and test recordings")
    func states() throws {
        for seed in 0..<3 as Range<UInt64> {
            for company in Scenario.simulated(seed: seed).companies {
                let workload = try #require(company.workload as? MachineStateWorkload)
                #expect(Set(workload.training.states) == [0, 1, 2, 3])
                #expect(Set(workload.test.states) == [0, 1, 2, 3])
                #expect(Set(workload.validation.states).contains(0))
            }
        }
    }

    @Test("a machine's wear lies in its state's range and states tile the range of wear")
    func wear() {
        var edge = 0.0
        for state in MachineState.allCases {
            #expect(state.wear.lowerBound == edge)
            edge = state.wear.upperBound
        }
        #expect(edge == 1)
        #expect(MachineState.allCases.filter(\.isAlarming) == [.critical, .failure])
    }

    @Test("every feature is finite and hardly any leaves its public range")
    func ranges() throws {
        for heterogeneity in [PlantHeterogeneity.mild, .strong] {
            let scenario = Scenario.simulated(companies: 5, seed: 8, heterogeneity: heterogeneity)
            for company in scenario.companies {
                let workload = try #require(company.workload as? MachineStateWorkload)
                var tally = workload.statistics.makeTally()
                for row in 0..<workload.training.count {
                    try tally.add(workload.training.features[row * 22..<(row + 1) * 22].map { Double($0) }, group: 0)
                }
                #expect(tally.clipped * 200 < workload.training.features.count)
            }
        }
    }

    @Test("the spectrum equals a slow discrete Fourier transform")
    func spectrum() {
        let length = 64
        var generator = SeededGenerator(seed: 3)
        let samples = (0..<length).map { _ in Float(generator.gaussian()) }
        let power = PowerSpectrum(length: length)(samples)
        let mean = samples.map { Double($0) }.reduce(0, +) / Double(length)
        #expect(power.count == length / 2)
        for bin in 0..<length / 2 {
            var real = 0.0
            var imaginary = 0.0
            for index in 0..<length {
                let angle = 2 * Double.pi * Double(index) / Double(length)
                let value = (Double(samples[index]) - mean) * (0.5 - 0.5 * cos(angle))
                real += value * cos(angle * Double(bin))
                imaginary -= value * sin(angle * Double(bin))
            }
            #expect(abs(Double(power[bin]) - (real * real + imaginary * imaginary)) < 1e-3)
        }
    }

    @Test("a worn race shows at its own rate in the envelope, and more than at the other race's")
    func envelope() {
        let plant = SimulatedPlant(company: 0, seed: 1, heterogeneity: .mild)
        let features = VibrationFeatures()
        for (mechanism, own, other) in [(WearMechanism.outerRace, 15, 16), (.innerRace, 16, 15)] {
            var noise = SimulationNoise(SimulationSeed(77))
            var difference: Float = 0
            var contrast: Float = 0
            for _ in 0..<40 {
                let machine = SimulatedMachine(mechanism: mechanism, from: &noise)
                var worn: [Float] = []
                features.append(SimulatedRecording(of: machine, at: plant, state: .failure, from: &noise), to: &worn)
                var fresh: [Float] = []
                features.append(SimulatedRecording(of: machine, at: plant, state: .healthy, from: &noise), to: &fresh)
                #expect(worn.count == 22)
                difference += (worn[own] - fresh[own]) / 40
                contrast += (worn[own] - worn[other]) / 40
            }
            #expect(difference > 0.5, "\(mechanism)")
            #expect(contrast > 0.5, "\(mechanism)")
        }
    }

    @Test("plants have shares that add up to one and the rare mechanism rotates")
    func plants() {
        for company in 0..<6 {
            let plant = SimulatedPlant(company: company, seed: 5, heterogeneity: .strong)
            #expect(abs(plant.mechanismShares.reduce(0, +) - 1) < 1e-12)
            #expect(abs(plant.stateShares.reduce(0, +) - 1) < 1e-12)
        }
        let shares = (0..<3).map { SimulatedPlant(company: $0, seed: 5, heterogeneity: .mild).mechanismShares }
        #expect(Set(shares).count == 3)
    }
}
