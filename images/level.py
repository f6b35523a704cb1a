# SPDX-License-Identifier: GPL-2.0-only
"""Makes of an arm64 Image one that runs as after firmware that leaves EL2 for EL1."""

import struct

# DDI 0487, C5.2 and D19.2: what firmware sets up before it leaves EL2 for good.
DROP = (
    0xd5384249,  # mrs   x9, CurrentEL
    0xf100213f,  # cmp   x9, #8
    0x540002a1,  # b.ne  1f
    0xd2b00009,  # mov   x9, #0x80000000       EL1 is AArch64, nothing traps
    0xd51c1109,  # msr   hcr_el2, x9
    0xd2800069,  # mov   x9, #3                EL1 has the physical timer and counter
    0xd51ce109,  # msr   cnthctl_el2, x9
    0xd51ce07f,  # msr   cntvoff_el2, xzr
    0xd5380009,  # mrs   x9, midr_el1
    0xd51c0009,  # msr   vpidr_el2, x9
    0xd53800a9,  # mrs   x9, mpidr_el1
    0xd51c00a9,  # msr   vmpidr_el2, x9
    0xd2867fe9,  # mov   x9, #0x33ff           FP does not trap
    0xd51c1149,  # msr   cptr_el2, x9
    0xd51c117f,  # msr   hstr_el2, xzr
    0xd2810009,  # mov   x9, #0x30d00800       EL1 with its MMU off
    0xf2a61a09,  #
    0xd5181009,  # msr   sctlr_el1, x9
    0x100000a9,  # adr   x9, 1f
    0xd51c4029,  # msr   elr_el2, x9
    0xd28078a9,  # mov   x9, #0x3c5            EL1h, everything masked
    0xd51c4009,  # msr   spsr_el2, x9
    0xd69f03e0,  # eret
)                # 1:    b     where the Image's own branch leads
BRANCH = 0x14000000
REACH = 1 << 26  # of a branch, in instructions


def branch(at, to):
    return BRANCH | (to - at) // 4 % REACH


def drop_to_el1(image):
    """The Image begins with a word that does nothing and a branch (booting.rst): that
    one leads behind the file's end, into what will be zeroed data, and from there on."""
    if image[0x38:0x3c] != b"ARM\x64":
        raise ValueError("the host's kernel is no arm64 Image")
    first = struct.unpack_from("<I", image, 4)[0]
    if first & ~(REACH - 1) != BRANCH:
        raise ValueError("the host's kernel does not begin with a branch")
    offset = first % REACH
    entry = 4 + 4 * (offset - REACH if offset >= REACH // 2 else offset)
    at = -(-len(image) // 8) * 8
    code = b"".join(struct.pack("<I", word) for word in DROP)
    code += struct.pack("<I", branch(at + len(code), entry))
    return (image[:4] + struct.pack("<I", branch(4, at)) + image[8:]).ljust(at, b"\0") + code
