"""A model as a BPMN 2.0 file, in the words of docs/models.md."""

from xml.sax.saxutils import escape, quoteattr

from models import VARIABLES

ELEMENTS = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "choice": "eventBasedGateway",
    "sub": "subProcess",
    "esub": "subProcess",
    "boundary": "boundaryEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "call": "callActivity",
}

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:sendback="urn:sendback:bpmn:1" id="definitions" targetNamespace="urn:outside">'
)


def bpmn(process, prefix=""):
    """`prefix` makes the names of messages and signals those of one instance, since a signal reaches every instance."""
    definitions = []
    for node in process.nodes.values():
        if node.event and node.event[0] in ("message", "signal", "error", "escalation"):
            kind, name = node.event
            code = f' {kind}Code="{name}"' if kind in ("error", "escalation") else ""
            definitions.append(f'<{kind} id="{kind}_{node.id}" name="{prefix}{name}"{code}/>')
    body = _scope(process, None)
    return "\n".join(
        [HEAD, *definitions, f'<process id="{process.id}" isExecutable="true">', *body, "</process>", "</definitions>\n"]
    )


def users_variable(node):
    return f"users_{node.id}"


def _scope(process, parent):
    lines = [line for node in process.inside(parent) for line in _node(process, node)]
    inside = {node.id for node in process.inside(parent)}
    for flow in process.flows.values():
        if flow.source not in inside:
            continue
        text = ""
        if flow.condition:
            feel = escape(flow.condition.feel())
            text = f'<conditionExpression xsi:type="tFormalExpression">{feel}</conditionExpression>'
        lines.append(f'<sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}">{text}</sequenceFlow>')
    return lines


def _node(process, node):
    attributes = {"id": node.id}
    inner = []
    if node.default:
        attributes["default"] = node.default
    if node.kind == "user":
        attributes["sendback:assignees"] = "= user" if node.repetition else ",".join(node.users)
    if node.kind == "esub":
        attributes["triggeredByEvent"] = "true"
    if node.kind == "boundary":
        attributes["attachedToRef"] = node.host
        if not node.interrupting:
            attributes["cancelActivity"] = "false"
    if node.kind == "start" and node.event and not node.interrupting:
        attributes["isInterrupting"] = "false"
    if node.kind == "call":
        attributes["calledElement"] = node.called.id
        given = "".join(f'<camunda:in source="{name}" target="{name}"/>' for name in VARIABLES)
        inner.append(f"<extensionElements>{given}</extensionElements>")
    if node.event:
        inner.append(_event(node))
    if node.repetition:
        needed = node.repetition.needed
        condition = (
            f"<completionCondition>= nrOfCompletedInstances &gt;= {needed}</completionCondition>" if needed else ""
        )
        inner.append(
            f'<multiInstanceLoopCharacteristics isSequential="{str(node.repetition.sequential).lower()}"'
            f' camunda:collection="{users_variable(node)}" camunda:elementVariable="user">'
            f"{condition}</multiInstanceLoopCharacteristics>"
        )
    if node.kind in ("sub", "esub"):
        inner.extend(_scope(process, node.id))
    element = ELEMENTS[node.kind]
    text = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return [f"<{element} {text}>", *inner, f"</{element}>"]


def _event(node):
    kind = node.event[0]
    if kind == "terminate":
        return "<terminateEventDefinition/>"
    if kind == "timer":
        return f"<timerEventDefinition><timeDuration>PT{node.event[1]}S</timeDuration></timerEventDefinition>"
    return f'<{kind}EventDefinition {kind}Ref="{kind}_{node.id}"/>'
