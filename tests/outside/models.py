"""What a random model is made of: nodes, flows, scopes; and a builder that draws them one after the other."""

from dataclasses import dataclass, field

VARIABLES = ("v0", "v1", "v2", "v3")


@dataclass(frozen=True)
class Condition:
    """One comparison of a variable with a number: enough to drive every gateway, and readable in a report."""

    variable: str
    operator: str
    value: int

    def feel(self):
        return f"= {self.variable} {self.operator} {self.value}"

    def holds(self, value):
        if not isinstance(value, int):
            return False
        return {"=": value == self.value, ">": value > self.value, "<": value < self.value}[self.operator]


@dataclass(frozen=True)
class Repetition:
    """Several instances of a user task, one for each user of a list."""

    sequential: bool
    users: tuple
    needed: int | None

    @property
    def runs_until(self):
        return self.needed or len(self.users)

    @property
    def is_looked_at(self):
        """Whether something comes after a single run: the next one, or the end of the others."""
        return self.sequential or self.needed is not None


@dataclass
class Node:
    id: str
    kind: str  # start end user xor and or sub esub boundary catch throw choice(event-based gateway) call
    parent: str | None
    users: tuple = ()
    repetition: Repetition | None = None
    event: tuple | None = None  # ("timer", seconds) ("message"|"signal"|"error"|"escalation", name) ("terminate",)
    host: str | None = None  # of a boundary event
    interrupting: bool = True
    called: "Process | None" = None
    default: str | None = None


@dataclass(frozen=True)
class Flow:
    id: str
    source: str
    target: str
    condition: Condition | None = None


@dataclass
class Process:
    id: str
    nodes: dict = field(default_factory=dict)
    flows: dict = field(default_factory=dict)

    def out_of(self, node):
        return [flow for flow in self.flows.values() if flow.source == node]

    def into(self, node):
        return [flow for flow in self.flows.values() if flow.target == node]

    def inside(self, parent):
        return [node for node in self.nodes.values() if node.parent == parent]

    def start_of(self, parent):
        return next(node for node in self.inside(parent) if node.kind == "start")

    def boundaries_of(self, host):
        return [node for node in self.nodes.values() if node.kind == "boundary" and node.host == host]

    def called(self):
        return [node.called for node in self.nodes.values() if node.kind == "call"]


class Builder:
    def __init__(self, name):
        self.process = Process(name)

    def node(self, kind, parent=None, **details):
        prefix = {"user": "T", "start": "S", "end": "E"}.get(kind, kind)
        node = Node(f"{self.process.id}_{prefix}{len(self.process.nodes)}", kind, parent, **details)
        self.process.nodes[node.id] = node
        return node.id

    def flow(self, source, target, condition=None, default=False):
        flow = Flow(f"{self.process.id}_f{len(self.process.flows)}", source, target, condition)
        self.process.flows[flow.id] = flow
        if default:
            self.process.nodes[source].default = flow.id
        return flow.id
