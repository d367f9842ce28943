import { fileURLToPath } from 'node:url';

/** The folder of the sources: what is compiled runs from bench/dist/peers. */
export const PEERS_FOLDER = fileURLToPath(new URL('../../peers/', import.meta.url));

/** The same file for every engine. */
export function modelFile(process: string): string {
	return `${PEERS_FOLDER}models/${process}.bpmn`;
}
