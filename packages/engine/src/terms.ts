/**
 * The words of the core, one word a thing. They are used with the same meaning in code, API, docs and UI.
 *
 * flow       a deployed BPMN process; an instance runs one version of it
 * instance   one run of one flow version
 * node       a flow element of the model that can fire: an event, an activity or a gateway
 * place      where a token can be: on a sequence flow, in an open task, in a sink behind an end event
 * token      one unit of control at a place of a scope; produced by one event, consumed by at most one live event
 * event      what happened, in the past tense; the append-only log of an instance is a list of events
 * firing     an event that moves tokens; only firings are nodes of the causal graph
 * task       one occurrence of a user task in one instance; a node visited three times is three tasks
 * point      a rollback point: a completed task in the causal past of an open task
 */

/** The id of a BPMN element (an XML NCName). */
export type ElementId = string;
export type NodeId = ElementId;
export type FlowId = ElementId;

/** Position of an event in its instance's log; starts at 1 and never repeats. */
export type Seq = number;
export type TokenId = number;

/** A running scope: 0 is the process itself; a subprocess, a call or a multi-instance body opens further ones. */
export type ScopeId = number;

/** A decimal string of 16 digits below 2^53. */
export type TaskId = string;
export type RollbackId = string;
export type UserId = string;
export type GroupId = string;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type TimeMs = number;

/** What a process variable can hold: any JSON value. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type Variables = { readonly [name: string]: Value };
