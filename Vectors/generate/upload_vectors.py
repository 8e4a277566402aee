"""upload/digest.json."""

from layout import test
from primitives import CHUNK_BYTES, LEAF_BYTES, chunk_roots, input_node, leaf_hashes, upload_digest

KIB = 1024
RULE = "byte i is (7 + 31*i + 17*(i >> 8) + 13*(i >> 16)) mod 256"
SIZES = (1, 8, 63, 64, 4096, LEAF_BYTES - 8, LEAF_BYTES - 1, LEAF_BYTES, LEAF_BYTES + 1, 2 * LEAF_BYTES,
         3 * LEAF_BYTES, 3 * LEAF_BYTES + 8, 5 * LEAF_BYTES - 8, CHUNK_BYTES - 8, CHUNK_BYTES, CHUNK_BYTES + 8,
         2 * CHUNK_BYTES, 3 * CHUNK_BYTES, 5 * CHUNK_BYTES + 3 * LEAF_BYTES + 16)


def pattern(length):
    return bytes((7 + 31 * i + 17 * (i >> 8) + 13 * (i >> 16)) & 255 for i in range(length))


def build():
    whole = pattern(max(SIZES))
    tests = []
    for size in SIZES:
        data = whole[:size]
        leaves, roots = leaf_hashes(data), chunk_roots(data)
        item = {"leafCount": len(leaves), "firstLeaf": leaves[0], "lastLeaf": leaves[-1], "chunkRoots": roots,
                "digest": upload_digest(data)}
        if len(leaves) > 1:
            item["firstNode"] = input_node(leaves[0], leaves[1])
        tests.append(test(f"{size} bytes", {"operation": "digest", "length": size}, item))
    size = 3 * CHUNK_BYTES
    roots = chunk_roots(whole[:size])
    digest = upload_digest(whole[:size])
    for index, offset in ((0, 0), (1, CHUNK_BYTES - 1), (2, 12345)):
        altered = bytearray(whole[index * CHUNK_BYTES:(index + 1) * CHUNK_BYTES])
        altered[offset] ^= 1
        assert chunk_roots(bytes(altered))[0] != roots[index]
        tests.append(test("a chunk with one bit changed", {"operation": "chunk", "length": size, "index": index,
                                                           "flipBitOfByte": offset, "chunkRoots": roots},
                          error="digestMismatch"))
    tests.append(test("chunk roots in another order", {"operation": "roots", "length": size, "digest": digest,
                                                       "chunkRoots": [roots[1], roots[0], roots[2]]},
                      error="digestMismatch"))
    tests.append(test("a chunk root missing", {"operation": "roots", "length": size, "digest": digest,
                                               "chunkRoots": roots[:2]}, error="digestMismatch"))
    notes = (f"The content is given by a rule: {RULE}. Leaves of 16 KiB, chunks of 64 leaves; `firstNode` joins the "
             "first two leaves. In a `chunk` test bit 0 of byte `flipBitOfByte` of chunk `index` is flipped.")
    return {"upload/digest.json": ("upload digest", notes, tests)}
