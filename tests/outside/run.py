"""One random model, run on the server and on the oracle side by side."""

from collections import Counter

import causal
from bpmn_xml import bpmn, users_variable
from generators import USERS
from models import VARIABLES
from token_game import Game

INITIATOR = USERS[0]
STEPS = 30
LAST_STEPS = 60


class Mismatch(Exception):
    pass


class SetAside(Exception):
    """Where what is right is nowhere said, the model is left."""


class Run:
    def __init__(self, server, process, random):
        self.server = server
        self.process = process
        self.random = random
        self.game = Game(process)
        self.trace = []
        self.counts = Counter()
        self.instance = None
        self.loop_ids = {}
        self.now = 0
        self.due = {}
        self.seen = set()
        self.names = process.id + "_"

    def play(self):
        for called in self.process.called():
            self.server.deploy(called.id, bpmn(called, self.names))
        self.server.deploy(self.process.id, bpmn(self.process, self.names))
        self.begin()
        while self.game.status == "in_process" and self.counts["steps"] < STEPS:
            self.step()
        while self.game.status == "in_process" and self.counts["steps"] < STEPS + LAST_STEPS:
            if not self.forward():
                raise Mismatch("nothing is open and nothing is awaited")
        self.end()

    def step(self):
        if self.random.random() < 0.35 and self.roll_back():
            return
        self.forward()

    # Moves. Each is done on both sides, then the two are compared.

    def begin(self):
        values = self.values(every=True)
        self.trace.append(f"start {values}")
        answer = self.server.post(
            "/instances",
            {"namespace": "demo__c", "flow_id": self.process.id, "initiator_id": INITIATOR, "variables": values},
        )
        self.instance = answer["id"]
        self.game.begin(values, INITIATOR)
        self.settle()
        self.compare()

    def forward(self):
        events = self.game.awaited()
        tasks = self.game.open_tasks()
        if events and (not tasks or self.random.random() < 0.2):
            self.happen(self.random.choice(events))
        elif tasks:
            self.complete(self.random.choice(tasks))
        return bool(events or tasks)

    def values(self, every=False):
        values = {name: self.random.randrange(4) for name in VARIABLES if every or self.random.random() < 0.35}
        if every:
            for node in self.process.nodes.values():
                if node.repetition:
                    values[users_variable(node)] = list(node.repetition.users)
        return values

    def complete(self, task):
        user = self.random.choice([user for user in task.users if user not in task.voted])
        last = len(task.voted) + 1 == len(task.users)
        values = self.values(every=task.is_start) if last else {}
        self.trace.append(f"complete {task.node} as {user} {values}")
        answer = self.server.post(
            f"/tasks/{task.server_id}/complete", {"user_id": user, "decision": "agree", "variables": values}
        )
        completion = self.game.complete(task, user, values)
        if completion and causal.comes_back(self.game, task.id):
            self.direct(completion, answer)
        else:
            self.settle()
        self.compare()

    def direct(self, completion, answer):
        carried = causal.resume(self.game, completion)
        self.settle()
        kept = {entry["from_task_id"]: entry["to_task_id"] for entry in answer["resumed"]["kept"]}
        self.same("decisions kept by the direct return", sorted(self.game.tasks[old].server_id for old, _ in carried), sorted(kept))
        for old, new in carried:
            self.game.tasks[new].server_id = kept[self.game.tasks[old].server_id]
            self.seen.add(self.game.tasks[new].server_id)
        self.counts["direct"] += 1
        self.counts["carried"] += len(carried)

    def happen(self, event):
        if event.kind == "timer":
            event = min((other for other in self.game.awaited() if other.kind == "timer"), key=self.rings)
            rings = self.rings(event)
            if list(self.due.values()).count(rings) > 1:
                raise SetAside
            self.trace.append(f"timer {event.node}")
            self.server.post("/test/clock/advance", {"ms": rings - self.now})
            self.now = rings
        else:
            self.trace.append(f"{event.kind} {event.node}")
            name = self.names + event.name
            if event.kind == "message":
                self.server.post("/messages", {"name": name, "instance_id": self.instance, "variables": {}})
            else:
                self.server.post("/signals", {"name": name, "variables": {}})
        for each in [other for other in self.game.awaited() if other == event or self.comes_too(other, event)]:
            if each in self.game.awaited():  # or what an earlier one ended
                self.game.happen(each)
                self.settle()
        self.compare()
        self.counts["events"] += 1

    def comes_too(self, other, event):
        """What has a name is for all in the instance who wait for it: an event subprocess may run several times and wait in each."""
        return event.kind != "timer" and (other.kind, other.name) == (event.kind, event.name)

    def rings(self, timer):
        return self.due[timer.node, timer.token]

    def roll_back(self):
        tasks = [task for task in self.game.open_tasks() if causal.points(self.game, task)]
        if not tasks:
            return False
        task = self.random.choice(tasks)
        self.compare_points(task)
        every = causal.points(self.game, task, every_visit=True)
        point = self.random.choice(
            self.random.choice([causal.points(self.game, task), every, every[:2], causal.runs(every) or every[:3]])
        )
        user = self.random.choice([user for user in task.users if user not in task.voted])
        direct = self.random.random() < 0.2
        self.trace.append(f"rollback {task.node} to {point.node} {point.events} as {user}{' direct' if direct else ''}")
        body = {
            "user_id": user,
            "to_task_id": self.point_id(point),
            "opinion": "back",
            "resume": "direct" if direct else "replay",
        }
        path = f"/tasks/{task.server_id}/rollback"
        said = self.server.post(path, {**body, "dry_run": True})
        self.compare_tasks()
        done = self.server.post(path, body)
        before, due = self.game.copy(), dict(self.due)
        outcome = causal.roll_back(self.game, task, point, done["id"], direct)
        self.counts["rollbacks"] += 1
        self.compare()
        self.compare_outcome(said, done, outcome)
        self.compare_history()
        if self.random.random() < 0.15:
            self.undo(before, due, done["id"], user)
        return True

    def undo(self, before, due, rollback, user):
        self.trace.append("undo the rollback")
        self.server.post(f"/rollbacks/{rollback}/undo", {"user_id": user, "opinion": "no"})
        before.commands = self.game.commands + 1
        self.game, self.due = before, due
        self.compare()
        self.compare_history()
        self.counts["undos"] += 1

    def end(self):
        if self.game.status == "in_process":
            self.server.post(f"/instances/{self.instance}/cancel", {"user_id": INITIATOR, "opinion": "enough"})
            self.game.status = "canceled"
            self.game.commands += 1
        else:
            self.counts["ended"] += 1
        self.same("status", self.status(), self.server.get(f"/instances/{self.instance}")["status"])
        self.compare_history()

    def settle(self):
        """Runs on, and leaves a model in which the order of what happens by itself would matter to a join."""
        other = self.game.copy()
        other.joins_first = True
        other.settle()
        self.game.settle()
        if other.marking() != self.game.marking():
            raise SetAside

    # Comparing

    def same(self, what, expected, got):
        if expected != got:
            raise Mismatch(f"{what}:\n      expected {expected}\n      got      {got}")

    def compare(self):
        self.counts["steps"] += 1
        view = self.compare_tasks()
        self.same("status", self.status(), view["status"])
        self.same("variables", self.game.variables(), view["variables"])
        if self.game.status == "in_process":
            marking = Counter()
            for entry in view["marking"]:
                marking[entry["element_id"], entry.get("flow_id")] += entry["count"]
            self.same("marking", sorted(self.game.marking().items(), key=str), sorted(marking.items(), key=str))
        armed = {(event.node, event.token): event for event in self.game.awaited() if event.kind == "timer"}
        if self.game.status != "in_process":
            armed = {}
        self.due = {key: self.due.get(key, self.now + event.name * 1000) for key, event in armed.items()}

    def status(self):
        """Without a decision on the way to its end it just ran through."""
        if self.game.status != "agreed":
            return self.game.status
        end = self.game.kept()[-1]
        way = set().union(*(causal.past(self.game, token) for token in end.consumed))
        decided = [seq for seq in way if self.game.log[seq - 1].task and not self.game.tasks[self.game.log[seq - 1].task].is_start]
        return "agreed" if decided else "completed"

    def compare_tasks(self):
        view = self.server.get(f"/instances/{self.instance}?tasks=all")
        by_id = {task["id"]: task for task in view["tasks"]}
        opened = self.game.open_tasks() if self.game.status == "in_process" else []

        def picture(task):
            pending = sorted(entry["user_id"] for entry in task["assignments"] if entry["status"] == "pending")
            return task["node_id"], tuple(pending)

        def expected(task):
            return task.node, tuple(sorted(set(task.users) - set(task.voted)))

        in_process = [task for task in view["tasks"] if task["status"] == "in_process"]
        self.same("open tasks", sorted(map(expected, opened)), sorted(map(picture, in_process)))
        for task in opened:
            if task.server_id is None:
                known = {other.server_id for other in opened}
                found = next(
                    (
                        other
                        for other in in_process
                        if other["id"] not in known and other["id"] not in self.seen and picture(other) == expected(task)
                    ),
                    None,
                )
                if found is None:
                    raise Mismatch(f"a new task of {task.node} was expected, and there are only old ones")
                task.server_id = found["id"]
                self.seen.add(found["id"])
        self.same("ids of open tasks", sorted(task.server_id for task in opened), sorted(task["id"] for task in in_process))
        self.learn_loops(by_id)
        completions = {event.task: event for event in self.game.log if event.kind == "complete"}
        sent_back = {event.task for event in self.game.log if event.kind == "rollback"}
        for task in self.game.tasks.values():
            if task.server_id is None and task.is_start:
                task.server_id = next(other["id"] for other in view["tasks"] if other["is_start"])
                self.seen.add(task.server_id)
            if task.server_id is None:
                continue  # opened and closed again within one command
            got = by_id[task.server_id]
            if task.id in completions:
                status, undone_by = "completed" if task.is_start else "agreed", completions[task.id].undone_by
            else:
                status, undone_by = "rollback" if task.id in sent_back else "canceled", None
            if task in opened:
                status = "in_process"
            if got["status"] != "in_process" or status != "in_process":
                self.same(f"state of {task.node}", (status, undone_by), (got["status"], got["undone_by"]))
        return view

    def learn_loops(self, by_id):
        for task in self.game.tasks.values():
            scope = self.game.tokens[task.token].scope
            if self.game.scopes[scope].loop and task.server_id:
                loop = by_id[task.server_id]["loop_id"]
                self.same("the repeated task of a run", self.loop_ids.setdefault(scope, loop), loop)

    def point_id(self, point):
        if point.loop:
            return self.loop_ids[point.loop]
        return self.game.tasks[self.game.log[point.events[0] - 1].task].server_id

    def compare_points(self, task):
        user = next(user for user in task.users if user not in task.voted)
        path = f"/tasks/{task.server_id}/rollback-points?user_id={user}"

        def listed(query=""):
            return self.server.get(path + query)["items"]

        expected = causal.points(self.game, task)
        self.same(
            "rollback points",
            [(point.node, self.point_id(point)) for point in expected],
            [(point["node_id"], point["id"]) for point in listed()],
        )
        visits = causal.listed(self.game, task)
        every = {(point.node, self.point_id(point)) for point in visits + causal.runs(visits)}
        got = [(point["node_id"], point["id"]) for point in listed("&occurrences=all")]
        self.same("rollback points of every visit", sorted(every), sorted(got))

    def compare_outcome(self, said, done, outcome):
        def ids(list_name, answer=done):
            return sorted(entry["id"] for entry in answer[list_name])

        def nodes(list_name, answer):
            return sorted((entry["node_id"], tuple(sorted(entry["user_ids"]))) for entry in answer[list_name])

        def own(tasks):
            return sorted(self.game.tasks[task].server_id for task in tasks)

        for name in ("closed", "undone", "kept"):
            self.same(f"preview of {name}", ids(name), ids(name, said))
        self.same("preview of reopened", nodes("reopened", done), nodes("reopened", said))
        self.same("reopened", own(outcome.reopened), ids("reopened"))
        self.same("closed", own(outcome.closed), ids("closed"))
        self.same("undone", own(outcome.undone), ids("undone"))
        self.same("kept", own(outcome.kept), ids("kept"))

    def compare_history(self):
        history = self.server.history(self.instance)
        self.same("length of the history", self.game.commands, len(history))
        expected = {
            self.game.tasks[event.task].server_id: event.undone_by for event in self.game.log if event.kind == "complete"
        }
        got = {
            event["task_id"]: event["undone_by"]
            for entry in history
            for event in entry["events"]
            if event.get("kind") == "complete"
        }
        self.same("marks in the history", expected, got)
