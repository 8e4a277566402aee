"""How many times faster this build encrypts than python-paillier on this machine, one core, in turns within one run.

    python3 Vectors/generate/phe_ratio.py [--key 3072] [--portable] [--rounds 7]

Prints the median ratio a ciphertext, and a value when 32-bit slots are packed (phe encrypts one value a ciphertext).
Needs phe and gmpy2, and the release build of secagg-bench.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time

try:
    import phe
    import phe.util
except ImportError:
    sys.exit("phe is not installed")
if not phe.util.HAVE_GMP:
    sys.exit("gmpy2 is not installed: phe would be measured without GMP")

parser = argparse.ArgumentParser()
parser.add_argument("--key", default="3072")
parser.add_argument("--portable", action="store_true")
parser.add_argument("--rounds", type=int, default=7)
options = parser.parse_args()
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
command = [os.path.join(root, ".build/release/secagg-bench"), "limits", "--key", options.key, "--milliseconds", "200", "--json"]
if options.portable:
    command.append("--portable")
public, _ = phe.generate_paillier_keypair(n_length=int(options.key.split("-")[0]))
ciphertext, value, ours, theirs = [], [], [], []
for _ in range(options.rounds):
    begin = time.process_time()
    for _ in range(6):
        public.raw_encrypt(random.getrandbits(1000))
    seconds = (time.process_time() - begin) / 6
    limits = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    theirs.append(1 / seconds)
    ours.append(limits["encryptions_per_s"])
    ciphertext.append(limits["encryptions_per_s"] * seconds)
    value.append(limits["values_per_s"] * seconds)
median = statistics.median
print(f"path {limits['path']}: {median(ours):.0f} encryptions/s, phe {phe.__version__} {median(theirs):.1f}/s:"
      f" {median(ciphertext):.1f} times a ciphertext, {median(value):.0f} times a 32-bit value")
