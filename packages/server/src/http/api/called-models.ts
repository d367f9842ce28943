import type { ProcessModel } from '@sendback/engine/model/process-model.ts';
import type { Scope } from '@sendback/engine/state.ts';
import type { ScopeId } from '@sendback/engine/terms.ts';
import type { FlowService, InstanceView, TenantId } from '../../services.ts';

/** Finds the model that the nodes of each scope of an instance are of: its own, or that of a flow which it calls. */
export async function modelsOfScopes(
	flows: FlowService,
	tenant: TenantId,
	{ namespace, model, state }: InstanceView,
): Promise<(scope: ScopeId) => ProcessModel> {
	const models = new Map<ScopeId, ProcessModel>();
	// A scope is younger than its parent, so the parent's model is known.
	for (const scope of Object.values(state.scopes)) {
		models.set(
			scope.id,
			(await calledModel(flows, tenant, namespace, scope)) ?? models.get(scope.parent ?? 0) ?? model,
		);
	}
	return (scope) => models.get(scope) ?? model;
}

async function calledModel(
	flows: FlowService,
	tenant: TenantId,
	namespace: string,
	{ flow }: Scope,
): Promise<ProcessModel | null> {
	if (flow === undefined) return null;
	return (await flows.find(tenant, namespace, flow.flowId, flow.version))?.model ?? null;
}
