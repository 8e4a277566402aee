#!/usr/bin/env python3
"""Makes FeatureKnownAnswers.swift with NumPy, SciPy and PyWavelets: `python3 make_known_answers.py > FeatureKnownAnswers.swift`.

The signal is that of the tests' `testSignal`.
"""
import numpy as np
import pywt
from scipy import signal, stats

N = 256


def samples():
    i = np.arange(N)
    noise = ((i * 7919 + 104729) % 1009) / 1009 - 0.5
    return (0.3 + 0.2 * noise + 0.5 * np.sin(1.3 * i) * (1 + 0.6 * np.cos(0.1 * i))).astype(np.float32).astype(float)


def doubles(name, values, comment):
    print(f"\n    /// {comment}")
    print(f"    static let {name}: [Double] = [")
    numbers = [f"{v:.10g}" for v in np.ravel(values)]
    for start in range(0, len(numbers), 8):
        print("        " + ", ".join(numbers[start:start + 8]) + ",")
    print("    ]")


def main():
    x = samples()
    d = x - x.mean()
    print("// Made by make_known_answers.py with NumPy, SciPy and PyWavelets; not edited by hand.\n")
    print("enum FeatureKnownAnswers {", end="")
    doubles("statistics", [x.mean(), np.sqrt(np.mean(x ** 2)), x.std(), stats.skew(x), stats.kurtosis(x, fisher=False),
                           np.abs(d).max(), np.ptp(x), np.abs(d).max() / x.std(), x.std() / np.abs(d).mean(),
                           np.abs(d).max() / np.abs(d).mean()],
            "Mean, root mean square, deviation, skewness, kurtosis, peak, peak to peak, crest, shape, impulse factor.")
    spectrum = np.abs(np.fft.fft(d * signal.windows.hann(N, sym=False)))[:N // 2] ** 2
    doubles("power", spectrum[::4], "Every fourth bin of the power spectrum under a Hann window.")
    doubles("bands", [spectrum[a:b].sum() for a, b in ((0, 32), (32, 64), (64, 96), (96, 128))],
            "Sums over quarters of it.")
    envelope = np.abs(signal.hilbert(d))
    doubles("envelope", envelope[::8], "Every eighth sample of the envelope of the signal without its mean.")
    f = np.fft.fft(x)
    band = np.zeros(N, complex)
    band[32:96] = 2 * f[32:96]
    inner = np.abs(np.fft.ifft(band))
    doubles("bandEnvelope", inner[::8], "The same of the band from a quarter to three quarters of Nyquist.")
    power = np.abs(np.fft.fft((inner - inner.mean()) * signal.windows.hann(N, sym=False)))[:N // 2] ** 2
    doubles("modulation", power[:24], "The first bins of that envelope's spectrum.")
    for family, name in (("haar", "haar"), ("db4", "daubechies4")):
        rest, out = x, []
        w = pywt.Wavelet(family)
        low = np.array(w.rec_lo)
        high = np.array([(-1) ** k * low[len(low) - 1 - k] for k in range(len(low))])
        for _ in range(4):
            places = (2 * np.arange(len(rest) // 2)[:, None] + np.arange(len(low))) % len(rest)
            out.append(np.sum((rest[places] @ high) ** 2))
            rest = rest[places] @ low
        doubles(name, out + [np.sum(rest ** 2)], f"Four energies of {family} details, then of the rest.")
        # the library's own transform gives the same energies, up to where it starts
        theirs = [np.sum(c ** 2) for c in pywt.wavedec(x, family, "periodization", 1)]
        ours = [[np.sum(c ** 2) for c in pywt.wavedec(np.roll(x, s), family, "periodization", 1)][1] for s in range(2)]
        assert min(abs(o - out[0]) for o in ours) < 1e-9, (theirs, out)
    print("}")


main()
