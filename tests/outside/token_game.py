"""The oracle: a token game written from the text of BPMN 2.0 and from docs/, and from nothing else.

It keeps an append-only log and works out everything else from the part of it that was not undone: where the tokens are,
what the variables hold, what is waited for. That is slow and plain on purpose; the server that it judges does it the other
way round, with a live state and an index for everything.
"""

from collections import Counter
from copy import copy
from dataclasses import dataclass, field

from models import VARIABLES

ACTIVITIES = ("user", "sub", "call")
EXTERNAL = ("timer", "message", "signal")


@dataclass
class Token:
    id: int
    place: tuple  # ("flow", flow) ("at", node) ("sink", node) ("run", node): of a repeated task, over and not yet looked at
    scope: int
    producer: int
    task: int | None = None


@dataclass
class Scope:
    """What runs inside of a token: the process itself (host 0), a subprocess, a called process, a repeated task."""

    host: int
    parent: int | None
    process: object
    body: str | None  # the element whose content it runs; None: a whole process
    loop: str | None = None  # the repeated task


@dataclass
class Task:
    id: int
    node: str
    token: int
    users: tuple
    is_start: bool = False
    voted: tuple = ()
    server_id: str | None = None


@dataclass
class Event:
    seq: int
    kind: str
    node: str
    scope: int
    consumed: list
    produced: list
    watched: list  # tokens that it needs and leaves where they are
    reads: dict  # (scope, variable) -> seq of the writer
    writes: dict
    mask: tuple  # the in-flows with a token, of an inclusive join
    cause: int | None  # the token that makes a decision, or that ends other work
    sweeps: int | None  # the token, or 0 for the process, of which it consumes everything inside
    task: int | None
    undone_by: int | None = None


@dataclass(frozen=True)
class Awaited:
    """An event from outside that would be taken now."""

    kind: str
    name: object
    node: str
    token: int  # that waits, or whose scope or activity is listened beside
    interrupting: bool = True


@dataclass
class Game:
    process: object
    log: list = field(default_factory=list)
    tokens: dict = field(default_factory=dict)
    tasks: dict = field(default_factory=dict)
    scopes: dict = field(default_factory=dict)
    holds: dict = field(default_factory=dict)  # token -> the tasks that it waits for
    status: str = "in_process"
    commands: int = 0
    redo: dict = field(default_factory=dict)  # reopened task -> the completion that it stands for, and what was undone
    joins_first: bool = False
    _live: dict | None = None

    def copy(self):
        other = copy(self)
        other.log = [copy(event) for event in self.log]
        other.tokens = {id: copy(token) for id, token in self.tokens.items()}
        other.tasks = {id: copy(task) for id, task in self.tasks.items()}
        other.scopes = dict(self.scopes)
        other.holds = dict(self.holds)
        other.redo = dict(self.redo)
        other._live = None
        return other

    # The log, and what follows from it

    def kept(self):
        return [event for event in self.log if event.undone_by is None]

    def live(self):
        """Tokens that kept events produced and none consumed, oldest first."""
        if self._live is None:
            kept = self.kept()
            gone = {id for event in kept for id in event.consumed}
            self._live = {id: self.tokens[id] for event in kept for id in event.produced if id not in gone}
        return self._live

    def changed(self):
        self._live = None

    def value(self, scope, variable):
        """The last kept write of a variable, with its writer."""
        for event in reversed(self.log):
            if event.undone_by is None and (scope, variable) in event.writes:
                return event.writes[scope, variable], event.seq
        return None, None

    def variables(self):
        names = {name for event in self.kept() for scope, name in event.writes if scope == 0}
        return {name: self.value(0, name)[0] for name in names}

    def open_tasks(self):
        return [self.tasks[token.task] for token in self.live().values() if token.task is not None]

    def is_open(self, task):
        token = self.live().get(self.tasks[task].token)
        return token is not None and token.task == task

    def is_held(self, token):
        return any(self.is_open(task) for task in self.holds.get(token, ()))

    def marking(self):
        places = Counter()
        for token in self.live().values():
            kind, ref = token.place
            if kind == "flow":
                places[self.scopes[token.scope].process.flows[ref].target, ref] += 1
            elif kind in ("at", "run"):
                places[ref, None] += 1
        return places

    def data_scope(self, scope):
        """Variables belong to the process or the called process."""
        while self.scopes[scope].body is not None or self.scopes[scope].loop is not None:
            scope = self.scopes[scope].parent
        return scope

    def inside(self, scope):
        """All live tokens in a scope, those inside of others in it too."""
        return [token.id for token in self.live().values() if self.is_within(token.scope, scope)]

    def is_within(self, scope, outer):
        while scope is not None and scope != outer:
            scope = self.scopes[scope].parent
        return scope == outer

    # Firing

    def append(self, kind, node, scope, consumed=(), watched=(), reads=None, writes=None, mask=(), cause=None, sweeps=None, task=None):
        event = Event(
            len(self.log) + 1, kind, node, scope, list(consumed), [], list(watched), reads or {}, writes or {}, mask, cause, sweeps, task
        )
        self.log.append(event)
        self.changed()
        return event

    def produce(self, event, place, scope):
        token = Token(len(self.tokens) + 1, place, scope, event.seq)
        self.tokens[token.id] = token
        event.produced.append(token.id)
        self.changed()
        return token

    def leave(self, event, process, node, scope):
        for flow in process.out_of(node):
            self.produce(event, ("flow", flow.id), scope)

    def open_task(self, token, node, users, is_start=False):
        task = Task(len(self.tasks) + 1, node, token.id, users, is_start)
        self.tasks[task.id] = task
        token.task = task.id

    def begin(self, values, initiator):
        """The start of the instance is a completed task of the initiator."""
        self.scopes[0] = Scope(0, None, self.process, None)
        start = self.process.start_of(None)
        event = self.append("begin", start.id, 0)
        token = self.produce(event, ("at", start.id), 0)
        self.open_task(token, start.id, (initiator,), is_start=True)
        self.complete(self.tasks[token.task], initiator, values)

    def complete(self, task, user, values):
        """One vote; the last one completes the task."""
        self.commands += 1
        task.voted += (user,)
        if len(task.voted) < len(task.users):
            return None
        event = self.finish_task(task, values)
        return event

    def finish_task(self, task, values):
        token = self.tokens[task.token]
        scope = self.scopes[token.scope]
        data = self.data_scope(token.scope)
        writes = {(data, name): value for name, value in values.items()}
        event = self.append("complete", task.node, token.scope, [token.id], writes=writes, task=task.id)
        if scope.loop is None:
            self.leave(event, scope.process, task.node, token.scope)
        else:
            kind = "run" if scope.process.nodes[scope.loop].repetition.is_looked_at else "sink"
            self.produce(event, (kind, task.node), token.scope)
        return event

    def settle(self):
        """Everything that happens by itself. Inclusive joins come last, or first to see whether that makes a difference."""
        for _ in range(500):
            ready = self._ready()
            if not ready or self.status != "in_process":
                return
            min(ready, key=lambda firing: (firing[0] != self.joins_first, firing[1]))[2]()
        raise RuntimeError("the model goes on for ever")

    def _ready(self):
        ready = []
        for token in list(self.live().values()):
            if self.is_held(token.id):
                continue
            scope = self.scopes[token.scope]
            kind, ref = token.place
            if kind == "run":
                ready.append((False, token.id, lambda token=token: self._after_run(token)))
            if kind != "flow":
                continue
            node = scope.process.nodes[scope.process.flows[ref].target]
            into = scope.process.into(node.id)
            inclusive = node.kind == "or" and len(into) > 1
            if inclusive and self._waits(token.scope, node.id):
                continue
            if node.kind == "and" and not all(self._on(token.scope, flow.id) for flow in into):
                continue
            ready.append((inclusive, token.id, lambda token=token, node=node: self._fire(token, node)))
        for host, scope in self.scopes.items():
            if (host == 0 or host in self.live()) and self._is_over(host):
                ready.append((False, host, lambda host=host, scope=scope: self._finish(host, scope)))
        return ready

    def _on(self, scope, flow):
        return [token.id for token in self.live().values() if token.scope == scope and token.place == ("flow", flow)]

    def _waits(self, scope, join):
        process = self.scopes[scope].process
        mask = tuple(flow.id for flow in process.into(join) if self._on(scope, flow.id))
        places = zone(process, join, mask)
        return any(token.scope == scope and token.place in places for token in self.live().values())

    def _is_over(self, host):
        """A repeated task whose runs are looked at ends there (`_after_run`), any other with all of its runs."""
        inside = [token for token in self.live().values() if token.scope == host]
        sinks = sum(token.place[0] == "sink" for token in inside)
        loop = self.scopes[host].loop
        if loop and self.scopes[host].process.nodes[loop].repetition.is_looked_at:
            return False
        return sinks > 0 and sinks == len(inside)

    def _finish(self, host, scope, cause=None):
        inside = self.inside(host)
        if host == 0:
            self.append("finish", scope.process.id, 0, inside, sweeps=0)
            self.status = "agreed"
            return
        token = self.tokens[host]
        node = token.place[1]
        outer = self.scopes[token.scope].process
        event = self.append("finish", node, token.scope, [host, *inside], cause=cause, sweeps=host)
        if outer.nodes[node].kind == "esub":
            self.produce(event, ("sink", node), token.scope)
        else:
            self.leave(event, outer, node, token.scope)

    def _fire(self, token, node):
        process = self.scopes[token.scope].process
        into = process.into(node.id)
        if node.kind == "and" or (node.kind == "or" and len(into) > 1):
            marked = [(flow.id, self._on(token.scope, flow.id)) for flow in into]
            consumed = [tokens[0] for _, tokens in marked if tokens]
            mask = tuple(flow for flow, tokens in marked if tokens) if node.kind == "or" else ()
            event = self.append("join", node.id, token.scope, consumed, mask=mask)
            self.leave(event, process, node.id, token.scope)
        elif node.kind in ("xor", "or"):
            self._decide(token, node)
        elif node.kind == "user":
            self._enter_task(token, node, process)
        elif node.kind in ("sub", "call"):
            self._enter_scope(token, node, process)
        elif node.kind in ("catch", "choice"):
            event = self.append("enter", node.id, token.scope, [token.id])
            self.produce(event, ("at", node.id), token.scope)
        elif node.kind in ("end", "throw"):
            self._end_or_throw(token, node, process)
        else:
            raise AssertionError(node.kind)

    def _decide(self, token, node):
        chosen, reads = self.choice(token.scope, node.id)
        event = self.append("decide", node.id, token.scope, [token.id], reads=reads, cause=token.id)
        for flow in chosen:
            self.produce(event, ("flow", flow), token.scope)

    def choice(self, scope, gateway):
        """The flows that a gateway chooses now, and what it reads for that: an exclusive one not behind its choice."""
        process = self.scopes[scope].process
        node = process.nodes[gateway]
        data = self.data_scope(scope)
        chosen, reads = [], {}
        for flow in process.out_of(gateway):
            if flow.id == node.default or (chosen and node.kind == "xor"):
                continue
            if flow.condition:
                value, reads[data, flow.condition.variable] = self.value(data, flow.condition.variable)
            if flow.condition is None or flow.condition.holds(value):
                chosen.append(flow.id)
        return chosen or [node.default], reads

    def _enter_task(self, token, node, process):
        event = self.append("enter", node.id, token.scope, [token.id])
        host = self.produce(event, ("at", node.id), token.scope)
        if node.repetition is None:
            self.open_task(host, node.id, node.users)
            return
        self.scopes[host.id] = Scope(host.id, token.scope, process, None, loop=node.id)
        users = node.repetition.users
        for user in users[:1] if node.repetition.sequential else users:
            self.open_task(self.produce(event, ("at", node.id), host.id), node.id, (user,))

    def _after_run(self, token):
        """The run that is enough ends the others, and waits where that is undone and it is not (ADR 4)."""
        scope = self.scopes[token.scope]
        if self.is_enough(token.scope):
            self._finish(token.scope, scope, cause=token.id)
            return
        event = self.append("repeat", scope.loop, token.scope, [token.id])
        self.produce(event, ("sink", scope.loop), token.scope)
        repetition = scope.process.nodes[scope.loop].repetition
        if repetition.sequential:
            run = self.produce(event, ("at", scope.loop), token.scope)
            self.open_task(run, scope.loop, (repetition.users[self._runs_done(token.scope)],))

    def is_enough(self, loop):
        scope = self.scopes[loop]
        return self._runs_done(loop) >= scope.process.nodes[scope.loop].repetition.runs_until

    def _runs_done(self, loop):
        return sum(token.scope == loop and token.place[0] in ("sink", "run") for token in self.live().values())

    def _enter_scope(self, token, node, process):
        called = node.called
        event = self.append("enter", node.id, token.scope, [token.id], cause=token.id if called else None)
        host = self.produce(event, ("at", node.id), token.scope)
        self.scopes[host.id] = Scope(host.id, token.scope, called or process, None if called else node.id)
        if called:
            self.give(event, host)
        self._begin_scope(event, host.id)

    def give(self, event, host):
        """A called process gets the values that its variables have outside now, and so follows from who wrote them."""
        outside = self.data_scope(host.scope)
        for name in VARIABLES:
            event.writes[host.id, name], event.reads[outside, name] = self.value(outside, name)

    def _begin_scope(self, event, host):
        scope = self.scopes[host]
        self.leave(event, scope.process, scope.process.start_of(scope.body).id, host)

    def _end_or_throw(self, token, node, process):
        kind = node.event[0] if node.event else None
        if kind == "terminate":
            event = self.append("end", node.id, token.scope, self.inside(token.scope), cause=token.id, sweeps=token.scope)
            self.produce(event, ("sink", node.id), token.scope)
            return
        catcher, host = self._catcher(token.scope, node.event) if kind in ("error", "escalation") else (None, None)
        if catcher and catcher.interrupting:
            event = self.append("throw", node.id, token.scope, [host.id, *self.inside(host.id)], cause=token.id, sweeps=host.id)
        else:
            event = self.append("throw" if kind else "end", node.id, token.scope, [token.id], watched=[host.id] if host else [])
            if node.kind == "end":
                self.produce(event, ("sink", node.id), token.scope)
            else:
                self.leave(event, process, node.id, token.scope)
        if catcher:
            self.leave(event, self.scopes[host.scope].process, catcher.id, host.scope)

    def _catcher(self, scope, thrown):
        while scope != 0:
            host = self.tokens[scope]
            for boundary in self.scopes[host.scope].process.boundaries_of(host.place[1]):
                if boundary.event == thrown:
                    return boundary, host
            scope = host.scope
        return None, None

    # Events from outside

    def awaited(self):
        found = []
        for token in self.live().values():
            if token.place[0] != "at":
                continue
            scope = self.scopes[token.scope]
            node = scope.process.nodes[token.place[1]]
            if node.kind == "catch":
                found.append(Awaited(*node.event, node.id, token.id))
            if node.kind == "choice":
                for flow in scope.process.out_of(node.id):
                    catch = scope.process.nodes[flow.target]
                    found.append(Awaited(*catch.event, catch.id, token.id))
            if node.kind in ACTIVITIES and scope.loop is None:
                for boundary in scope.process.boundaries_of(node.id):
                    if boundary.event[0] in EXTERNAL:
                        found.append(Awaited(*boundary.event, boundary.id, token.id, boundary.interrupting))
        for host, scope in self.scopes.items():
            if scope.loop is None and self.listens_beside(host):
                for node in scope.process.inside(scope.body):
                    if node.kind == "esub":
                        start = scope.process.start_of(node.id)
                        found.append(Awaited(*start.event, start.id, host, start.interrupting))
        return [event for event in found if not self._is_spent(event)]

    def listens_beside(self, host):
        """Token beside which the events of a scope are listened for. The process itself begins when its start is completed."""
        if host:
            return host if host in self.live() else None
        begun = [event for event in self.kept() if event.task and self.tasks[event.task].is_start and event.kind == "complete"]
        return begun[-1].produced[0] if begun else None

    def _is_spent(self, awaited):
        """A timer beside something rings once, and what interrupts a scope does it once."""
        if awaited.kind != "timer" and not awaited.interrupting:
            return False
        return any(
            event.kind == "event"
            and event.node == awaited.node
            and (awaited.token in event.watched or awaited.token == event.scope)
            for event in self.kept()
        )

    def happen(self, awaited):
        self.commands += 1
        beside = 0 if awaited.token == 0 else self.tokens[awaited.token].scope
        listens = self._listening_scope(awaited)
        if listens is not None:
            return self._event_subprocess(awaited, listens)
        process = self.scopes[beside].process
        if process.nodes[awaited.node].kind == "catch":
            event = self.append("event", awaited.node, beside, [awaited.token])
        elif awaited.interrupting:
            consumed = [awaited.token, *self.inside(awaited.token)] if awaited.token in self.scopes else [awaited.token]
            event = self.append("event", awaited.node, beside, consumed, sweeps=awaited.token)
        else:
            event = self.append("event", awaited.node, beside, watched=[awaited.token])
        self.leave(event, process, awaited.node, beside)
        return event

    def _listening_scope(self, awaited):
        scope = self.scopes.get(awaited.token)
        if scope is None or awaited.node not in scope.process.nodes:
            return None
        return scope if scope.process.nodes[awaited.node].kind == "start" else None

    def _event_subprocess(self, awaited, scope):
        body = scope.process.nodes[awaited.node].parent
        consumed = self.inside(scope.host) if awaited.interrupting else []
        event = self.append(
            "event", awaited.node, scope.host, consumed, [self.listens_beside(scope.host)], sweeps=scope.host if awaited.interrupting else None
        )
        host = self.produce(event, ("at", body), scope.host)
        self.scopes[host.id] = Scope(host.id, scope.host, scope.process, body)
        self._begin_scope(event, host.id)
        return event


_zones = {}


def zone(process, join, mask):
    """Where a token keeps an inclusive join waiting that has tokens on the flows of `mask` (BPMN 2.0, 13.4.3): from there a
    path leads to an in-flow without a token, and none to an in-flow with one; neither through the join itself."""
    key = (id(process), join, mask)
    if key not in _zones:
        empty, marked = set(), set()
        for flow in process.into(join):
            (marked if flow.id in mask else empty).update(_upstream(process, join, flow))
        _zones[key] = (process, empty - marked)  # keeps the process, so that its id is not given to another one
    return _zones[key][1]


def _upstream(process, join, flow):
    found, todo = set(), [flow]
    while todo:
        flow = todo.pop()
        if ("flow", flow.id) in found:
            continue
        found.add(("flow", flow.id))
        node = process.nodes[flow.source]
        if node.kind == "boundary":
            node = process.nodes[node.host]
        if node.id != join:
            found.add(("at", node.id))
            todo.extend(process.into(node.id))
    return found
