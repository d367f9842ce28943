"""Which of the unstructured graphs are models worth running: explored whole, choices being free."""

from itertools import combinations

from token_game import zone

LIMIT = 4000


def is_sound(process):
    """No place ever holds two tokens, the end is always reached with nothing left, and no order of what happens by itself
    makes a difference to an inclusive join. For one scope of tasks and gateways."""
    start = frozenset(flow.id for flow in process.out_of(process.start_of(None).id))
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        following = list(_following(process, state))
        if not following and state:
            return False
        for next_state in following:
            if next_state is None:
                return False
            if next_state not in seen:
                if len(seen) >= LIMIT:
                    return False
                seen.add(next_state)
                todo.append(next_state)
    return True


def _following(process, state):
    """The states one firing away; None for one with two tokens at a place, or for a hasty join."""
    for node in {process.flows[flow].target for flow in state}:
        kind = process.nodes[node].kind
        into = [flow.id for flow in process.into(node)]
        out = [flow.id for flow in process.out_of(node)]
        marked = [flow for flow in into if flow in state]
        if kind == "and" and len(marked) < len(into):
            continue
        if kind == "or" and len(into) > 1:
            places = zone(process, node, tuple(marked))
            if any(("flow", flow) in places for flow in state):
                continue
            # A token that could come here both ways is not waited for, so it would matter who is first.
            if any(("flow", flow) in zone(process, node, ()) and flow not in marked for flow in state):
                yield None
                return
        if kind in ("and", "or") and len(into) > 1:
            taken, choices = marked, [out]
        elif kind == "or":
            taken, choices = marked, [list(some) for n in range(1, len(out) + 1) for some in combinations(out, n)]
        elif kind == "xor":
            taken, choices = None, [[flow] for flow in out]
        else:
            taken, choices = None, [out]
        for each in [marked] if taken is not None else [[flow] for flow in marked]:
            rest = state - set(each)
            for chosen in choices:
                yield None if rest & set(chosen) else rest | set(chosen)
