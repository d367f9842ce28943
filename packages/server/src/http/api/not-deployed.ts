import type { FastifyReply } from 'fastify';
import type { Deployment } from '../../services.ts';
import { sendProblem, sendRefusal } from './problems.ts';
import { modelProblemView } from './views/flow-view.ts';

export function sendNotDeployed(reply: FastifyReply, why: Extract<Deployment, { ok: false }>): FastifyReply {
	if (why.by === 'server') return sendRefusal(reply, why.refusal);
	const [first] = why.errors;
	return sendProblem(reply, why.by === 'reader' ? 'model-invalid' : 'model-unsound', {
		...(first === undefined ? {} : { detail: first.message }),
		errors: why.errors.map(modelProblemView),
	});
}
