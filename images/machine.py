# SPDX-License-Identifier: GPL-2.0-only
"""The machines that the lab's host can be: what QEMU is told of each, and what a host
needs there that it does not have of itself."""

import os

# Where the kernel is started: (QEMU's virtualization=, whether it drops to EL1 first).
LEVELS = {"el2": ("on", False), "el1": ("on", True), "guest": ("off", False)}


class Virt:
    """QEMU's own board, of which everything can be chosen."""

    choices = {"host": "6.1", "level": "el2", "cpu": "cortex-a72", "gic": "2", "smp": 2,
               "memory": 2048, "icount": False}
    hosts = None  # all
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
                *Virt.devices(args), "-serial", "chardev:console", "-serial", "chardev:agent"]

    @staticmethod
    def devices(args):
        words = []
        # The last transport is Linux's first; so the first disk is to be the last here.
        for number, path in reversed(list(enumerate(args.disk))):
            words += ["-drive", f"if=none,id=disk{number},format=raw,snapshot=on,file={path}",
                      "-device", f"virtio-blk-device,drive=disk{number}"]
        if args.net:
            words += ["-netdev", "user,id=net", "-device", "virtio-net-device,netdev=net"]
        return words

    @staticmethod
    def files(build):
        return ()

    @staticmethod
    def drivers(build):
        return ()


class Raspi4b:
    """A Raspberry Pi 4 as QEMU has it: four Cortex-A72, a GIC-400, 2 GiB."""

    choices = {"host": "6.12"}
    hosts = ("6.12",)
    # The PL011; the mini UART is the kernel's console, as the board's own device tree has
    # it. (It sends a byte that is none as it is opened, which a console can bear.)
    agent_port = "/dev/ttyAMA0"
    append = ("console=ttyS1", "earlycon")

    @staticmethod
    def qemu(args):
        # With a thread for each CPU a boot takes twice the processor time.
        return ["-M", "raspi4b", "-accel", "tcg,thread=single",
                "-dtb", os.path.join(args.build, "images", "raspi4b.dtb"),
                "-serial", "chardev:agent", "-serial", "chardev:console"]

    @staticmethod
    def files(build):
        return (f"{build}/images/raspi4b.dtb", *Raspi4b.drivers(build))

    @staticmethod
    def drivers(build):
        """Power-off and reset are the watchdog's there: without it QEMU never ends."""
        return (f"{build}/raspi4b/bcm2835_wdt.ko",)


MACHINES = {"virt": Virt, "raspi4b": Raspi4b}


def choose(args, parser):
    """Fills in what was not chosen; refuses what the machine does not leave open."""
    machine = MACHINES[args.machine]
    for name, usual in Virt.choices.items():
        chosen = getattr(args, name)
        if chosen is None:
            setattr(args, name, machine.choices.get(name, usual))
        elif name not in machine.choices:
            parser.error(f"--{name} is for --machine virt: of {args.machine} nothing can be "
                         "chosen but the command, the files and the kernel's arguments")
    if (args.disk or args.net) and machine is not Virt:
        parser.error(f"--disk and --net are for --machine virt: {args.machine} has neither")
    if machine.hosts and args.host not in machine.hosts:
        parser.error(f"--host {args.host} is for --machine virt: {args.machine} has "
                     f"{' or '.join(machine.hosts)}")
    return machine
