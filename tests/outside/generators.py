"""Random models, each reproducible from its seed. Every generator aims at a part of the rules."""

from models import VARIABLES, Builder, Condition, Repetition

USERS = tuple(str(user) for user in range(1001, 1011))

# What may stand in a block, with its weight.
PLAIN = {"sequence": 4, "xor": 3, "and": 4, "or": 3}
GENERATORS = {
    "blocks": PLAIN,
    "loops": {"sequence": 3, "loop": 5, "xor": 1, "and": 3, "or": 1},
    "graphs": None,
    "exits": None,
    "data": None,
    "scopes": {"sequence": 3, "xor": 1, "and": 3, "sub": 6, "loop": 1},
    "events": {"sequence": 3, "and": 3, "xor": 1, "boundary": 4, "choice": 3, "catch": 2, "sub": 2},
    "repeated": {"sequence": 3, "and": 3, "xor": 1, "repeated": 5, "loop": 1},
    "calls": {"sequence": 3, "and": 3, "xor": 1, "call": 5, "sub": 1},
    "mixed": {
        "sequence": 3, "xor": 2, "and": 3, "or": 2, "loop": 1, "sub": 3, "boundary": 2, "choice": 1, "catch": 1, "repeated": 2, "call": 1,
    },
}  # fmt: skip


def generate(generator, random, name):
    if generator == "graphs":
        return _Drawing(random, name, {}).graph()
    if generator == "exits":
        return _Drawing(random, name, {}).exits()
    if generator == "data":
        return _Drawing(random, name, PLAIN).decisions()
    return _Drawing(random, name, GENERATORS[generator]).whole()


class _Drawing:
    """Draws blocks one behind the other. A tail is where the next node is attached: a node, and the condition of the flow."""

    def __init__(self, random, name, weights):
        self.random = random
        self.build = Builder(name)
        self.weights = weights
        self.names = 0

    def whole(self):
        start = self.build.node("start")
        tail = self.block((start, None), None, self.random.choice((2, 3, 3)))
        tail = self.task(tail, None)
        if self.weights.get("sub") and self.random.random() < 0.25:
            self.event_subprocess(None)
        self.attach(tail, self.build.node("end"))
        return self.build.process

    def attach(self, tail, node):
        source, condition = tail
        default = condition == "default"
        self.build.flow(source, node, None if default else condition, default)
        return node, None

    def fresh(self, kind):
        self.names += 1
        if kind == "timer":
            return kind, self.random.randrange(1000, 1_000_000)
        return kind, f"{kind}{self.names}"

    def outside_event(self):
        return self.fresh(self.random.choice(("timer", "message", "signal")))

    def condition(self):
        return Condition(self.random.choice(VARIABLES), self.random.choice("=><"), self.random.randrange(4))

    def people(self):
        return tuple(self.random.sample(USERS, self.random.choice((1, 1, 1, 1, 2, 3))))

    def task(self, tail, scope):
        return self.attach(tail, self.build.node("user", scope, users=self.people()))

    def block(self, tail, scope, depth):
        if depth == 0 or self.random.random() < 0.15:
            return self.task(tail, scope)
        kinds = list(self.weights)
        kind = self.random.choices(kinds, [self.weights[kind] for kind in kinds])[0]
        return getattr(self, f"_{kind}")(tail, scope, depth - 1)

    def _sequence(self, tail, scope, depth):
        for _ in range(self.random.choice((2, 2, 3))):
            tail = self.block(tail, scope, depth)
        return tail

    def split(self, kind, tail, scope, branches):
        """The tails of the branches; the last one of a choice is the default."""
        node, _ = self.attach(tail, self.build.node(kind, scope))
        if kind == "and":
            return [(node, None)] * branches
        return [(node, self.condition()) for _ in range(branches - 1)] + [(node, "default")]

    def _branches(self, kind, tail, scope, depth):
        join = self.build.node(kind, scope)
        for branch in self.split(kind, tail, scope, self.random.choice((2, 2, 3))):
            self.attach(self.block(branch, scope, depth), join)
        return join, None

    def _and(self, tail, scope, depth):
        return self._branches("and", tail, scope, depth)

    def _or(self, tail, scope, depth):
        return self._branches("or", tail, scope, depth)

    def _xor(self, tail, scope, depth):
        return self._branches("xor", tail, scope, depth)

    def _loop(self, tail, scope, depth):
        """Goes back while a condition holds."""
        merge, _ = self.attach(tail, self.build.node("xor", scope))
        back, leave = self.split("xor", self.block((merge, None), scope, depth), scope, 2)
        self.attach(back, merge)
        return leave

    def _catch(self, tail, scope, depth):
        return self.attach(tail, self.build.node("catch", scope, event=self.outside_event()))

    def _choice(self, tail, scope, depth):
        """An event-based gateway."""
        node, _ = self.attach(tail, self.build.node("choice", scope))
        join = self.build.node("xor", scope)
        for _ in range(self.random.choice((2, 2, 3))):
            catch = self.build.node("catch", scope, event=self.outside_event())
            self.build.flow(node, catch)
            self.attach(self.block((catch, None), scope, depth), join)
        return join, None

    def _repeated(self, tail, scope, depth):
        users = tuple(self.random.sample(USERS, self.random.choice((2, 3, 4))))
        needed = self.random.choice((None, self.random.randint(1, len(users))))
        repetition = Repetition(self.random.random() < 0.4, users, needed)
        node, _ = self.attach(tail, self.build.node("user", scope, repetition=repetition))
        if self.random.random() < 0.3:
            return self.interrupted(node, scope, depth)
        return node, None

    def _boundary(self, tail, scope, depth):
        node, _ = self.task(tail, scope)
        return self.beside(node, scope, depth)

    def beside(self, node, scope, depth):
        """Events beside an activity: one that interrupts it, or one that only adds work, or both."""
        kind = self.random.choice(("interrupting", "other", "both"))
        if kind != "interrupting":
            other = self.build.node("boundary", scope, host=node, event=self.outside_event(), interrupting=False)
            self.attach(self.block((other, None), scope, min(depth, 1)), self.build.node("end", scope))
        return self.interrupted(node, scope, depth) if kind != "other" else (node, None)

    def interrupted(self, node, scope, depth, event=None):
        boundary = self.build.node("boundary", scope, host=node, event=event or self.outside_event())
        join = self.build.node("xor", scope)
        self.build.flow(node, join)
        self.attach(self.block((boundary, None), scope, min(depth, 1)), join)
        return join, None

    def _call(self, tail, scope, depth):
        self.names += 1
        inner = _Drawing(self.random, f"{self.build.process.id}c{self.names}", {**PLAIN, "sub": 2, "loop": 1})
        start = inner.build.node("start")
        inner.attach(inner.block((start, None), None, 2), inner.build.node("end"))
        node, _ = self.attach(tail, self.build.node("call", scope, called=inner.build.process))
        if self.random.random() < 0.3:
            return self.beside(node, scope, depth)
        return node, None

    def event_subprocess(self, scope):
        inside = self.build.node("esub", scope)
        event = self.outside_event()
        start = self.build.node("start", inside, event=event, interrupting=self.random.random() < 0.5)
        self.attach(self.block((start, None), inside, 1), self.build.node("end", inside))

    def _sub(self, tail, scope, depth):
        node, _ = self.attach(tail, self.build.node("sub", scope))
        tail = (self.build.node("start", node), None)
        shape = self.random.choice(("plain", "ends", "terminate", "error", "escalation", "escalation", "events", "events"))
        if shape == "plain":
            self.attach(self.block(tail, node, depth), self.build.node("end", node))
            return node, None
        if self.random.random() < 0.3:
            tail = self.task(tail, node)
        first, *others = self.split("and", tail, node, self.random.choice((2, 2, 3)))
        for other in others:
            self.attach(self.block(other, node, depth), self.build.node("end", node))
        if shape in ("ends", "events"):
            self.attach(self.block(first, node, depth), self.build.node("end", node))
            if self.random.random() < 0.3:
                self.event_subprocess(node)
            return self.beside(node, scope, depth) if shape == "events" else (node, None)
        early, on = self.split("xor", self.task(first, node), node, 2)
        self.attach(self.task(on, node), self.build.node("end", node))
        if shape == "terminate":
            self.attach(early, self.build.node("end", node, event=("terminate",)))
            return node, None
        event = self.fresh(shape)
        if shape == "error":
            self.attach(early, self.build.node("end", node, event=event))
            return self.interrupted(node, scope, depth, event)
        if self.random.random() < 0.5:
            self.attach(early, self.build.node("end", node, event=event))
        else:
            thrown = self.attach(early, self.build.node("throw", node, event=event))
            self.attach(self.task(thrown, node), self.build.node("end", node))
        if self.random.random() < 0.5:
            return self.interrupted(node, scope, depth, event)
        other = self.build.node("boundary", scope, host=node, event=event, interrupting=False)
        self.attach(self.task((other, None), scope), self.build.node("end", scope))
        return node, None

    def graph(self):
        """Splits and joins that need not match, forward only; the caller throws away those that are not sound."""
        random = self.random
        tail = self.task((self.build.node("start"), None), None)
        tails = self.split(random.choice(("and", "or", "xor")), tail, None, random.choice((2, 3)))
        for _ in range(random.randint(3, 7)):
            move = random.random()
            if move < 0.45 or len(tails) == 1:
                tail = tails.pop(random.randrange(len(tails)))
                if random.random() < 0.6:
                    tail = self.task(tail, None)
                tails += self.split(random.choice(("and", "or", "xor", "xor")), tail, None, 2)
            else:
                chosen = [tails.pop(random.randrange(len(tails))) for _ in range(random.choice((2, 2, 3))) if tails]
                tails.append(self.merge(chosen, random.choice(("and", "or", "or", "xor"))))
        return self.close(tails, random.choice(("or", "or", "and", "xor")))

    def exits(self):
        """Branches that leave to a later inclusive join: the undoing of joins that fired because nothing more could come."""
        random = self.random
        tail = self.task((self.build.node("start"), None), None)
        tails = self.split(random.choice(("and", "and", "or")), tail, None, random.choice((2, 3)))
        later = []
        for _ in range(random.choice((1, 2, 2, 3))):
            stay = []
            for tail in tails:
                if random.random() < 0.6:
                    tail = self.task(tail, None)
                    if random.random() < 0.7:
                        tail, leave = self.split(random.choice(("xor", "xor", "or")), tail, None, 2)
                        later.append(leave)
                stay.append(tail)
            tail = self.merge(stay, "or") if len(stay) > 1 else stay[0]
            tail = self.task(tail, None)
            tails = [tail]
            if later and random.random() < 0.5:
                tails.append(later.pop(random.randrange(len(later))))
            elif random.random() < 0.5:
                tails = self.split(random.choice(("and", "or")), tail, None, 2)
        return self.close(tails + later, "or")

    def decisions(self):
        """Decisions in one branch on what tasks in the other branches write, and tasks behind all of them to send back from."""
        first, *others = self.split("and", (self.build.node("start"), None), None, self.random.choice((2, 3)))
        tails = [self.task(self.task(first, None), None)]
        for other in others:
            tail = self.task(other, None)
            if self.random.random() < 0.6:
                tails.append(self.reading_all(tail))
                continue
            for _ in range(self.random.choice((1, 2))):
                tail = self._branches(self.random.choice(("xor", "xor", "or")), tail, None, 1)
            tails.append(tail)
        join = self.merge(tails, "and")
        return self.close([self.task(join, None)], "and")

    def reading_all(self, tail):
        """An inclusive choice reads every variable, so that nearly every writer beside it takes it along when undone."""
        split, _ = self.attach(tail, self.build.node("or"))
        join = self.build.node("or")
        for variable in VARIABLES:
            condition = Condition(variable, self.random.choice("><"), self.random.randrange(1, 3))
            self.attach(self.task((split, condition), None), join)
        self.attach(self.task((split, "default"), None), join)
        return join, None

    def merge(self, tails, kind):
        join = self.build.node(kind)
        for tail in tails:
            self.attach(self.task(tail, None) if self.random.random() < 0.5 else tail, join)
        return join, None

    def close(self, tails, kind):
        tail = self.merge(tails, kind) if len(tails) > 1 else tails[0]
        self.attach(self.task(tail, None), self.build.node("end"))
        return self.build.process
