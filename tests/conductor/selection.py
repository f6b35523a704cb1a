# SPDX-License-Identifier: GPL-2.0-only
"""Which stages a run has, and in which order they begin."""

from conductor import commands
from conductor.again import SecondLook
from conductor.commands import LANES, Commands, Lanes
from conductor.parts import Known, Part
from conductor.report import HOSTS, NOKVM_HOST, PI_HOST, RT_HOST
from conductor.style import Style
from conductor.system import System, plan_of
from conductor.unit import Unit

STAGES = ["unit", "style", "packaging", "system", "native", "alone"]


def wanted_stages(options):
    if options.stage:
        return options.stage
    if options.host or options.names:
        return ["system"]
    return STAGES if options.long else STAGES[:4]


def suites(options):
    """Hosts whose suites run, each with whether that is the long one."""
    found = [(host, options.long) for host in options.host or HOSTS]
    if not options.host and not options.names:
        found.append((PI_HOST, options.long))
        if options.long:
            found += [(RT_HOST, False), (NOKVM_HOST, False)]
    return found


def lane_seconds(options, known):
    """All that a run without parts has, and what it takes of the lanes; unit tests and style are
    one each. What has the machine for itself takes of every lane."""
    wanted, beside, alone = wanted_stages(options), [], []
    beside += [stage for stage in ("unit", "style") if stage in wanted]
    if "packaging" in wanted:
        beside += [name for name, _ in commands.packaging(options.long)]
    if "system" in wanted:
        beside += [name for name, _ in commands.labs(options.long) + commands.builds(options.long)]
        for host, long in suites(options):
            beside += [f"{host}/{name}" for name in plan_of(host, long)]
    alone += ["native"] if "native" in wanted else []
    if "alone" in wanted:
        alone += [name for name, _ in commands.ALONE_LONG]
    return {**{name: known.seconds(name) for name in beside},
            **{name: known.seconds(name) * LANES for name in alone}}


class Selection:
    """`stages` in order; `systems`, of which at least one must have a test."""

    def __init__(self, report, options):
        self.report = report
        self.options = options
        self.known = Known()
        self.part = None
        if options.part:
            self.part = Part(lane_seconds(options, self.known), *options.part)
        self.systems = []
        self.stages = self.choose(wanted_stages(options))

    def has(self, name):
        return not self.part or self.part.has(name)

    def some(self, pairs):
        return [pair for pair in pairs if self.has(pair[0])]

    def choose(self, wanted):
        options, stages, labs = self.options, [], []
        patient = []
        if "unit" in wanted and self.has("unit"):
            patient.append(Unit(self.report))
        if "style" in wanted and self.has("style"):
            patient.append(Style(self.report, options.long))
        if "packaging" in wanted:
            packaging = self.some(commands.packaging(options.long))
            if packaging:
                patient.append(Commands(self.report, packaging, "packaging"))
        if "system" in wanted:
            stages.append(Lanes(self.report, [Commands(self.report, built)
                                              for built in commands.before_labs(options.long)]))
            labs = self.labs()
        stages.append(Lanes(self.report, labs, patient))
        if len(labs + patient) > 1:
            stages.append(SecondLook(self.report))
        if "native" in wanted and self.has("native"):
            stages.append(System(self.report, "native", options.long, []))
        if "alone" in wanted:
            stages.append(Commands(self.report, self.some(commands.ALONE_LONG), "alone"))
        return stages

    def labs(self):
        """The longest first, so that no lane has much left when the others have nothing."""
        options = self.options
        pick = self.part and self.part.has
        self.systems = [System(self.report, host, long, options.names, pick)
                        for host, long in suites(options)]
        found = [system for system in self.systems if system.names]
        if not options.host and not options.names:
            found += [Commands(self.report, [command]) for command in
                      self.some(commands.builds(options.long) + commands.labs(options.long))]
        return sorted(found, key=lambda stage: -stage.expected(self.known))

    def told(self):
        return self.part.told(LANES) if self.part else ""
