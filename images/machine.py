# SPDX-License-Identifier: GPL-2.0-only
"""The machine that the lab's host is: what QEMU is told of it."""

# Where the kernel is started: (QEMU's virtualization=, whether it drops to EL1 first).
LEVELS = {"el2": ("on", False), "el1": ("on", True), "guest": ("off", False)}


class Virt:
    """QEMU's own board, of which everything can be chosen."""

    agent_port = "/dev/ttyAMA1"
    append = ("console=ttyAMA0",)

    @staticmethod
    def qemu(args):
        # Firmware that leaves EL2 starts the others at EL2 again.
        smp = 1 if LEVELS[args.level][1] else args.smp
        icount = []
        if args.icount:
            icount = ["-icount", "shift=0,sleep=off", "-rtc", "base=2026-01-01,clock=vm",
                      "-seed", "1"]
        return ["-M", f"virt,virtualization={LEVELS[args.level][0]},gic-version={args.gic}",
                "-cpu", args.cpu, "-smp", str(smp), "-m", str(args.memory), *icount,
                "-serial", "chardev:console", "-serial", "chardev:agent"]
