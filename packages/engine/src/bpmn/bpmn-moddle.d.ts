// bpmn-moddle 10.3 ships the types of its elements but none of its own entry point.
declare module 'bpmn-moddle' {
	export interface ModdleWarning {
		readonly message: string;
		readonly element?: { readonly $attrs?: Readonly<Record<string, string>> };
		readonly property?: string;
		readonly value?: unknown;
	}

	export class BpmnModdle {
		fromXML(
			xml: string,
			type: string,
			options: { readonly lax: boolean },
		): Promise<{ readonly warnings: readonly ModdleWarning[] }>;
	}
}
