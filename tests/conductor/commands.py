# SPDX-License-Identifier: GPL-2.0-only
"""Commands that are a test each, and what runs at the same time."""

import os
import threading

from conductor.report import HOSTS, LOGS, whole

# Labs at a time: of the two CPUs of each, one sleeps half of the time.
LANES = 2


# For a lab that hangs: on an idle machine none of these takes a minute.
LAB_SECONDS = "900"


class Commands:
    """Commands that are a test each."""

    def __init__(self, report, commands, name=None):
        self.name = name
        self.report = report
        self.commands = commands
        report.expect(len(commands))

    def expected(self, known):
        return sum(known.seconds(name) for name, _ in self.commands)

    def run(self):
        for name, command in self.commands:
            whole(self.report, name, command)


class Lanes:
    """Stages that share nothing but the machine: `stages` LANES at a time, in their order;
    beside them, with what they leave of the machine, `patient` one after the other."""

    name = None

    def __init__(self, report, stages, patient=()):
        self.report = report
        self.stages = stages
        self.patient = list(patient)
        self.lock = threading.Lock()
        self.trouble = []

    def lane(self, stages):
        while True:
            with self.lock:
                if not stages or self.trouble:
                    return
                stage = stages.pop(0)
            try:
                self.report.perform(stage)
            except BaseException as trouble:  # a mistake here: told by run()
                self.trouble.append(trouble)
                return

    def run(self):
        lanes = [threading.Thread(target=self.lane, args=(self.stages,), daemon=True)
                 for _ in range(LANES)]
        lanes.append(threading.Thread(target=self.lane, args=(self.patient,), daemon=True))
        lanes[-1].patient = True
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        if self.trouble:
            raise self.trouble[0]


# The programs of tests/api, systems as FIT images, and the kernel packed in each format
# that is booted.
API_BUILD = ("system/api-build", ["make", "-s", f"-j{os.cpu_count()}", "api-tests"])
FIT_IMAGES = ("system/fit-images", ["tests/system/fit-images", "build/guests/boot.elf",
                                    f"{LOGS}/fit"])
FORMATS = ("system/formats", ["tests/system/prepare", "build/kernel-6.1/Image", f"{LOGS}/formats"])
EDK2_LONG = ("system/edk2", ["images/fetch", "edk2"])


def before_labs(long):
    """What each lane makes, one after the other, that the suites need."""
    return [[API_BUILD], [FORMATS, FIT_IMAGES, *([EDK2_LONG] if long else [])]]


def builds(long):
    """What is compiled and not run."""
    return WITHOUT_LONG if long else []


# What is made of hvk-run's --help, what `make install` leaves and takes away, packages, and on which
# system `make` refuses to begin.
PACKAGING = [(f"packaging/{name}", [f"tests/packaging/{name}"])
             for name in ("docs", "install", "packages", "userland")]
# A whole module for each kernel.
DKMS_LONG = [(f"packaging/dkms-{host}", ["tests/packaging/dkms", host]) for host in HOSTS]

# Kernels that lack one of what KVM selects; the nokvm host lacks all of it.
WITHOUT_LONG = [(f"kmod/without-{option}", ["make", "-s", f"-j{os.cpu_count()}",
                                            f"kmod-without-{option}"])
                for option in ("MMU_NOTIFIER", "PREEMPT_NOTIFIERS")]

NO_SMC = ("system/no-smc", ["tests/system/no-smc"])


def without_kvm(*more):
    """A host without KVM: nobody else has requested the guests' PPIs."""
    return ("system/without-kvm",
            ["images/lab", "--append", "kvm-arm.mode=none", "--timeout", LAB_SECONDS,
             "--file", "tests/system:system", "--file", f"{LOGS}/api:api",
             "--", "sh", "system/run-suite", "--host", "6.1",
             "module/load", "guest/timer", "guest/wfi", "guest/gic_smp", *more,
             "el2/owner", "el2/suspend", "module/unload"])


# A newer kernel whose KVM has EL2 only while it has VMs, as an older one's has.
KVM_ON_DEMAND = ("system/kvm-on-demand",
                 ["images/lab", "--host", "6.12", "--append", "kvm.enable_virt_at_load=0",
                  "--timeout", LAB_SECONDS, "--file", "tests/system:system",
                  "--file", f"{LOGS}/api:api", "--", "sh", "system/run-suite", "--host", "6.12",
                  "module/load", "el2/refused-while-kvm-runs", "el2/kvm-refused-while-hvk-runs",
                  "el2/owner", "el2/suspend", "module/unload",
                  "el2/kvm-runs-on-every-cpu-unloaded"])
# A kernel that cannot be asked in debugfs whether KVM has VMs.
WITHOUT_DEBUGFS = ("system/without-debugfs",
                   ["images/lab", "--append", "debugfs=off", "--timeout", LAB_SECONDS,
                    "--file", "tests/system:system", "--file", f"{LOGS}/api:api",
                    "--", "sh", "system/run-suite", "--host", "6.1",
                    "module/load", "el2/holders", "el2/refused-while-kvm-runs",
                    "el2/kvm-refused-while-hvk-runs", "module/unload",
                    "el2/kvm-runs-on-every-cpu-unloaded"])
BESIDE_REBOOT = ("system/beside-reboot", ["tests/system/beside-reboot"])
# What a host's many threads and descriptors cost, counted.
CROWD = ("6.1/crowd", ["tests/system/crowd", "--host", "6.1"])
# A CPU with what came after Armv8.0, most of which guests are not offered.
LATER_CPU_LONG = [
    (f"{host}/later-cpu",
     ["images/lab", "--host", host, "--cpu", "max",
      "--append", "kvm-arm.mode=nvhe arm64.nosve arm64.nosme", "--timeout", LAB_SECONDS,
      "--file", "tests/system:system", "--file", f"{LOGS}/api:api",
      "--", "sh", "system/run-suite", "--host", host,
      "module/load", "space/registers", "space/registers-kept", *more, "module/unload"])
    for host, more in (("6.12", ["linux/6.1-smp2", "api/debug"]), ("6.1", []))]
LATER_CPU = LATER_CPU_LONG[:1]


def vhe(host, cpu, names):
    """A kernel that is at EL2 itself."""
    return (f"{host}/vhe-{cpu}",
            ["images/lab", "--host", host, "--cpu", cpu, "--timeout", LAB_SECONDS,
             "--file", "tests/system:system", "--file", f"{LOGS}/api:api",
             "--", "sh", "system/run-suite", "--host", host, *names])


# What is not the same code as where the kernel is at EL1: the world switch, timers, who has EL2.
VHE_GUESTS = ["kvm/linux/6.1-smp2", "module/load", "guest/fault", "guest/fp", "guest/timer",
              "guest/gic_smp", "guest/smp-4", "guest/gic_split", "linux/6.1-smp2", "api/debug",
              "api/eventfds"]
VHE_END = ["el2/suspend", "lost/kills", "module/unload", "el2/kvm-runs-on-every-cpu-unloaded"]
VHE = [vhe("6.12", "cortex-a76", [*VHE_GUESTS, "el2/beside-kvm", *VHE_END])]
VHE_ALL = [*VHE_GUESTS, "guest/mmio", "guest/psci", "guest/gic", "guest/wfi", "guest/smp",
           "guest/virtio", "guest/uart-input", "guest/restart", "linux/6.12-smp4",
           "linux/three-at-once", "api/slots", "api/ahead", "api/clock", "api/irqfds", "api/dirty",
           "api/suspend", "api/smccc", "api/partition", "api/schedule", "space/ipa",
           "space/registers-kept", "space/fuzz", "space/mmio", "space/el0", "sample/frame",
           "sample/window", "partition/crash", "partition/two", "move/linux", "virtio/disk",
           "net/user", "qemu/linux-4-as-kvm", "lost/pressure", "long/el2-beside-kvm", *VHE_END,
           "module/load-and-unload-again", "el2/cpu-hotplug"]
VHE_LONG = [vhe(host, "cortex-a76", VHE_ALL) for host in HOSTS]
VHE_LONG += [vhe("6.12", cpu, [*VHE_GUESTS, "el2/beside-kvm", *VHE_END])
             for cpu in ("neoverse-n1", "neoverse-v1", "max")]
# The module and its EL2 image by another compiler.
CLANG_LONG = [(f"{host}/clang", ["tests/system/clang", "--host", host]) for host in HOSTS]
# Hosts without an EL2 to share, and kernels that follow each other.
REFUSED = [(f"{host}/refused", ["tests/system/refused", "--host", host, *names])
           for host, names in (("6.1", ["el1", "guest"]), ("6.12", ["protected", "gicv3"]))]
REFUSED_LONG = [(f"{host}/refused", ["tests/system/refused", "--host", host]) for host in HOSTS]
# The ladder, with a rung that fails; EL2's own faults.
BRINGUP = [(f"{host}/bringup", ["tests/system/bringup", "--host", host]) for host in HOSTS]
BRINGUP_DEBUG = ("debug/bringup", ["tests/system/bringup", "--host", "debug"])
KEXEC = [(f"{host}/kexec", ["tests/system/kexec", "--host", host]) for host in HOSTS]
# What a user sees first. What `make partitions` runs is a test of the suite too (sample/frame).
DEMOS = [(f"demo/{kind}", ["tests/system/demo", kind]) for kind in ("terminal", "no-terminal")]
DEMO_LONG = ("demo/partitions", ["tests/system/demo", "partitions"])
# A newcomer's way to a running partition, word by word.
README = ("guests/readme", ["tests/system/readme-guests"])
# How far a partition moves its neighbour's windows: the dearest neighbours, or all.
JITTER = [("6.12/jitter", ["tests/system/jitter", "--host", "6.12", "--windows", "1000",
                           "mmio", "wfi", "pages", "ctlr", "setway-64"])]
JITTER_LONG = [(f"{host}/jitter", ["tests/system/jitter", "--host", host, "--windows", "10000"])
               for host in HOSTS]
JITTER_LONG.append(("6.1/windows", ["tests/system/windows"]))
LARGER_LONG = [(f"{host}/larger-than-host", ["tests/system/larger-than-host", "--host", host])
               for host in HOSTS]
# What a person sees of a system that runs, on a terminal.
TOP_LONG = ("6.1/top", ["tests/system/top"])
# An interrupt from an irqfd costs the same however many there are.
ACK_COST = ("6.12/ack-cost", ["tests/system/ack-cost", "--host", "6.12"])
# hvk's short operations cost no more than tests/bench/expected.json has.
BENCH_CHECK = [(f"{host}/bench-check", ["tests/system/bench", "--check", host]) for host in HOSTS]


def packaging(long):
    return PACKAGING + (DKMS_LONG if long else [])


def labs(long):
    """What has labs of its own."""
    if long:
        return [*KEXEC, *JITTER_LONG, *LARGER_LONG, *BRINGUP, NO_SMC, without_kvm("linux/6.1-smp2"),
                KVM_ON_DEMAND, *LATER_CPU_LONG, *VHE_LONG, *CLANG_LONG, WITHOUT_DEBUGFS, CROWD, ACK_COST,
                *BENCH_CHECK, BESIDE_REBOOT, TOP_LONG, *DEMOS, DEMO_LONG, README,
                *REFUSED_LONG]
    return [KEXEC[0], *JITTER, NO_SMC, without_kvm(), KVM_ON_DEMAND, *LATER_CPU, *VHE, *DEMOS, README, *REFUSED,
            BENCH_CHECK[0]]


# What is measured in wall time has the machine for itself.
LAB_BOOTS = [(f"{host}/lab-boot", ["tests/system/lab-boot", "--host", host]) for host in HOSTS]
# A Linux guest boots no slower than on KVM: medians of five.
RATIOS = [(f"{host}/boot-ratio", ["tests/system/boot-ratio", "--host", host]) for host in HOSTS]
# The service under a real systemd.
SERVICE = ("6.1/service", ["tests/system/service"])
ALONE_LONG = [SERVICE, *LAB_BOOTS, *RATIOS, ("fuzz", ["make", "-s", "fuzz"])]
