"""Sending back, on the log of the oracle: docs/causality.md word by word, with nothing made fast."""

from dataclasses import dataclass

from token_game import Scope, zone


@dataclass(frozen=True)
class Point:
    """A completed task (or a repeated task as a whole) that an open task can be sent back to."""

    node: str
    events: tuple  # seqs of the completions that are the target
    loop: int | None = None


def past(game, token):
    """Seqs of all events that a token descends from by tokens alone."""
    found, todo = set(), [token]
    while todo:
        event = game.log[game.tokens[todo.pop()].producer - 1]
        if event.seq not in found:
            found.add(event.seq)
            todo.extend(event.consumed + event.watched)
    return found


def points(game, task, every_visit=False):
    """Newest first; without `every_visit` the latest visit of each node. Runs of a repeated task come as one. From inside of
    a called flow only its own tasks can be returned to, and those of the calls that it made."""
    own = game.data_scope(game.tokens[task.token].scope)
    found = _points(game, task.token, own)
    return found if every_visit else _latest(found)


def _points(game, token, own):
    loops = {}
    found = []
    for seq in sorted(past(game, token), reverse=True):
        event = game.log[seq - 1]
        if event.kind != "complete" or not game.is_within(event.scope, own):
            continue
        scope = game.scopes[event.scope]
        if scope.loop is None:
            found.append(Point(event.node, (seq,)))
        else:
            if event.scope not in loops:
                loops[event.scope] = len(found)
                found.append(None)
            place = loops[event.scope]
            runs = found[place].events if found[place] else ()
            found[place] = Point(event.node, (seq, *runs), loop=event.scope)
    return found


def _latest(found):
    latest = {}
    for point in found:
        latest.setdefault(point.node, point)
    return list(latest.values())


def listed(game, task):
    """Every visit that is listed: of those of one node that ran beside one another the latest, and what that follows from."""
    own = game.data_scope(game.tokens[task.token].scope)
    found, todo = {}, points(game, task)
    while todo:
        point = todo.pop()
        key = point.loop or point.events
        if key not in found or len(point.events) > len(found[key].events):
            found[key] = point
            for seq in point.events:
                todo.extend(_latest(_points(game, game.log[seq - 1].consumed[0], own)))
    return list(found.values())


def runs(visits):
    """The single runs of repeated tasks among these; each can be returned to alone."""
    return [Point(point.node, (seq,)) for point in visits if point.loop for seq in point.events]


def targets(game, point):
    """The completions to undo. Of a repeated task as a whole: all that are kept, or the first one of a sequence."""
    if point.loop is None:
        return set(point.events)
    every = sorted(event.seq for event in game.kept() if event.kind == "complete" and event.scope == point.loop)
    scope = game.scopes[point.loop]
    return set(every[:1]) if scope.process.nodes[scope.loop].repetition.sequential else set(every)


def undo_set(game, seeds):
    """Seqs of the target and all of its consequences, and the tokens that undoing them brings back."""
    undone, restored = set(), set()
    for event in game.kept():
        if event.seq < min(seeds):
            continue
        follows = (
            event.seq in seeds
            or any(game.tokens[id].producer in undone for id in event.consumed + event.watched)
            or any(writer in undone for writer in event.reads.values())
            or (event.mask and _could_still_come(game, event, restored))
        )
        if follows:
            undone.add(event.seq)
            restored |= {id for id in event.consumed if game.tokens[id].producer not in undone}
    return undone, restored


def _could_still_come(game, join, restored):
    process = game.scopes[join.scope].process
    places = zone(process, join.node, join.mask)
    return any(game.tokens[id].scope == join.scope and game.tokens[id].place in places for id in restored)


def _was_overtaken(game, event, id):
    """Whether this event ended everything while the token was on its way, at no join that still waited for others."""
    token = game.tokens[id]
    kind, ref = token.place
    if kind == "run" and not game.is_held(id):
        return True  # over and not counted yet: another run, looked at before it, ended all
    if event.sweeps is None or kind != "flow" or game.is_held(id):
        return False
    process = game.scopes[token.scope].process
    node = process.nodes[process.flows[ref].target]
    into = process.into(node.id)
    if node.kind not in ("and", "or"):
        return True
    there = {game.tokens[other].place for other in event.consumed if game.tokens[other].scope == token.scope}
    mask = tuple(flow.id for flow in into if ("flow", flow.id) in there)
    return len(mask) == len(into) if node.kind == "and" else not there & zone(process, node.id, mask)


@dataclass
class Outcome:
    reopened: list  # tasks open after and not before
    closed: list
    undone: list  # completed tasks
    kept: list  # tasks completed since the target, and open tasks, that stay as they are


def roll_back(game, task, point, rollback_id, direct=False):
    game.commands += 1
    seeds = targets(game, point)
    undone, restored = undo_set(game, seeds)
    before = {other.id for other in game.open_tasks()}
    for seq in undone:
        game.log[seq - 1].undone_by = rollback_id
    game.changed()

    reopened = {}
    for seq in sorted(seeds):
        old = game.tasks[game.log[seq - 1].task]
        game.open_task(game.tokens[old.token], old.node, old.users, old.is_start)
        reopened[seq] = game.tokens[old.token].task
    target = tuple(reopened.values())
    for seq in undone - seeds:
        event = game.log[seq - 1]
        for id in restored & {event.cause, *event.consumed}:
            if id == event.cause or _was_overtaken(game, event, id):
                game.holds[id] = target
    for token, holders in list(game.holds.items()):
        if before & set(holders) and not game.is_held(token):
            game.holds[token] = target
    game.append("rollback", "", 0, task=task.id)
    if direct:
        game.redo.update({task: Redo(sorted(reopened), target, sorted(undone), point.loop) for task in target})
    game.settle()

    after = {other.id for other in game.open_tasks()}
    start = min(seeds)
    completed = [event for event in game.log if event.kind == "complete"]
    return Outcome(
        reopened=sorted(after - before),
        closed=sorted(before - after),
        undone=sorted(event.task for event in completed if event.seq in undone),
        kept=sorted(
            [event.task for event in completed if event.undone_by is None and event.seq > start]
            + list(after & before)
        ),
    )


@dataclass(frozen=True)
class Redo:
    """What a direct return does again, when the last of these tasks is decided."""

    seeds: list  # the completions that were returned to
    tasks: tuple  # reopened for them
    undone: list
    anew: int | None  # a repeated task as a whole, of which nothing is carried over


def comes_back(game, task):
    """Whether a direct return goes back now that this task is decided."""
    redo = game.redo.get(task)
    return redo is not None and not any(game.is_open(other) for other in redo.tasks)


def resume(game, completion):
    """Direct return: does again what the rollback undid, as far as it would come out the same."""
    redo = game.redo.pop(completion.task)
    decided = [event for event in game.kept() if event.kind == "complete" and event.task in redo.tasks]
    again, tokens, carried = {}, {}, []
    for seed, now in zip(redo.seeds, decided):
        again[seed] = now.seq
        tokens.update(zip(game.log[seed - 1].produced, now.produced))
    for seq in redo.undone:
        event = game.log[seq - 1]
        is_anew = redo.anew is not None and event.kind == "complete" and event.scope == redo.anew
        if seq in again or is_anew:
            continue
        looked_at = redo.anew is not None and event.kind == "repeat" and _looked_at(game, event, tokens)
        if looked_at:
            again[seq] = looked_at.seq
            tokens.update(zip(event.produced, looked_at.produced))
        elif _same_again(game, event, tokens, again):
            again[seq] = _again(game, event, tokens, carried).seq
    return carried


def _looked_at(game, event, tokens):
    """The completion condition was looked at after all but the last of those who decided anew."""
    consumed = [tokens.get(id, id) for id in event.consumed]
    return next((now for now in game.kept() if now.kind == "repeat" and now.consumed == consumed), None)


def _same_again(game, event, tokens, again):
    live = game.live()
    consumed = [tokens.get(id, id) for id in event.consumed]
    watched = [tokens.get(id, id) for id in event.watched]
    scope = tokens.get(event.scope, event.scope)
    begun = game.listens_beside(0)  # was consumed long ago, and is what the process itself is known by
    if not all(id in live for id in consumed) or not all(id in live or id == begun for id in watched):
        return False
    if any(game.is_held(id) for id in consumed):
        return False
    for (owner, name), writer in event.reads.items():
        _, current = game.value(tokens.get(owner, owner), name)
        if current != again.get(writer, writer):
            return False
    if event.kind == "complete":  # a newer value of somebody else's stays
        for owner, name in event.writes:
            _, current = game.value(tokens.get(owner, owner), name)
            if current is not None and current > event.seq and current not in again.values():
                return False
    if event.kind == "decide":
        chosen, _ = game.choice(scope, event.node)
        if chosen != [game.tokens[id].place[1] for id in event.produced]:
            return False
    if event.kind == "repeat" and game.is_enough(scope):
        return False
    if event.kind == "enter":  # a call begins again only with what it was given
        given = {name: game.value(tokens.get(owner, owner), name)[0] for owner, name in event.reads}
        if any(event.writes[event.produced[0], name] != value for name, value in given.items()):
            return False
    if event.sweeps is not None:
        swept = tokens.get(event.sweeps, event.sweeps)
        if not set(game.inside(swept)) <= set(consumed):
            return False
    if event.mask:
        process = game.scopes[scope].process
        mask = tuple(flow.id for flow in process.into(event.node) if game._on(scope, flow.id))
        if mask != event.mask or game._waits(scope, event.node):
            return False
    return True


def _again(game, event, tokens, carried):
    scope = tokens.get(event.scope, event.scope)
    task = None
    if event.kind == "complete":
        task = game.tokens[tokens[event.consumed[0]]].task
        game.tasks[task].voted = game.tasks[event.task].voted
        carried.append((event.task, task))
    new = game.append(
        event.kind,
        event.node,
        scope,
        [tokens.get(id, id) for id in event.consumed],
        [tokens.get(id, id) for id in event.watched],
        {(tokens.get(owner, owner), name): game.value(tokens.get(owner, owner), name)[1] for owner, name in event.reads},
        {(tokens.get(owner, owner), name): value for (owner, name), value in event.writes.items()} if task else {},
        event.mask,
        tokens.get(event.cause, event.cause),
        tokens.get(event.sweeps, event.sweeps),
        task,
    )
    for id in event.produced:
        old = game.tokens[id]
        token = game.produce(new, old.place, tokens.get(old.scope, old.scope))
        tokens[id] = token.id
        if id in game.scopes:
            inner = game.scopes[id]
            if inner.process is not game.scopes[old.scope].process:
                game.give(new, token)
            game.scopes[token.id] = Scope(token.id, tokens.get(inner.parent, inner.parent), inner.process, inner.body, inner.loop)
        if old.task is not None:
            first = next(task for task in game.tasks.values() if task.token == id)
            game.open_task(token, first.node, first.users)
    return new
