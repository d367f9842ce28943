// These ship the types of their elements, or none, but not of their entry points.
declare module 'bpmn-moddle' {
	export interface ModdleWarning {
		readonly message: string;
		readonly element?: { readonly $attrs?: Readonly<Record<string, string>> };
		readonly property?: string;
		readonly value?: unknown;
	}

	export interface Moddle {
		fromXML(
			xml: string,
			type: string,
			options: { readonly lax: boolean },
		): Promise<{ readonly warnings: readonly ModdleWarning[] }>;
	}

	export const BpmnModdle: new () => Moddle;
}

declare module 'dmn-moddle' {
	import type { Moddle } from 'bpmn-moddle';

	export const DmnModdle: new () => Moddle;
}
