/** The page loads nothing but the document next to it. */
export const DOCS_PAGE_POLICY =
	"default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/docs`: reads `/openapi.json` and lists every call with its fields. One file, so that it works without a network. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sendback API</title>
<style>
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 7%, transparent); --quiet: color-mix(in srgb, currentColor 68%, transparent); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 6rem; font: 16px/1.55 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7rem; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.15rem; }
p { margin: .25rem 0 .75rem; color: var(--quiet); }
code, .path { font-family: ui-monospace, monospace; font-size: .875rem; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; }
summary { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; padding: .6rem .9rem; cursor: pointer; list-style: none; }
summary:focus-visible { outline: 2px solid; outline-offset: 2px; border-radius: 8px; }
summary .says { color: var(--quiet); font-size: .9rem; }
.method { font: 600 .75rem ui-monospace, monospace; min-width: 3.2rem; padding: .15rem .4rem; border-radius: 5px; background: var(--soft); text-align: center; }
.inside { padding: 0 .9rem .9rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); }
th { font-weight: 600; }
h3 { margin: 1rem 0 .25rem; font-size: .9rem; }
input { width: 100%; margin-top: 1rem; padding: .55rem .8rem; font: inherit; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: inherit; }
</style>
</head>
<body>
<h1>Sendback API</h1>
<p>Every call needs <code>Authorization: Bearer t-…</code> unless it says otherwise. The same as data: <a href="openapi.json">openapi.json</a></p>
<label><span hidden>Find a call</span><input id="find" type="search" placeholder="Find a call 查找接口" aria-label="Find a call"></label>
<main id="calls"><p>Loading…</p></main>
<script>
'use strict';
const make = (tag, attributes, ...children) => {
	const element = Object.assign(document.createElement(tag), attributes);
	element.append(...children);
	return element;
};
const typeOf = (schema) => {
	if (!schema) return 'any';
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' | ');
	if (schema.type === 'array') return typeOf(schema.items) + '[]';
	return schema.type || 'any';
};
const fieldRows = (schema, prefix) => {
	if (schema?.type === 'array') return fieldRows(schema.items, prefix + '[]');
	return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => {
		const path = prefix ? prefix + '.' + name : name;
		const required = schema.required?.includes(name) ? 'required' : '';
		return [
			make('tr', {}, make('td', {}, make('code', { textContent: path })), make('td', { textContent: typeOf(field) }), make('td', { textContent: [required, field.description].filter(Boolean).join('; ') })),
			...fieldRows(field, path),
		];
	});
};
const table = (title, rows) => rows.length === 0 ? [] : [
	make('h3', { textContent: title }),
	make('table', {}, make('tr', {}, ...['Name', 'Type', ''].map((text) => make('th', { textContent: text }))), ...rows),
];
const contentOf = (holder) => Object.values(holder?.content ?? {})[0]?.schema;
const parameterRows = (parameters) => (parameters ?? []).map((parameter) =>
	make('tr', {}, make('td', {}, make('code', { textContent: parameter.name })), make('td', { textContent: parameter.in }), make('td', { textContent: [parameter.required ? 'required' : '', parameter.schema?.description ?? parameter.description].filter(Boolean).join('; ') })));
const callOf = (path, method, call) => {
	const answers = Object.entries(call.responses ?? {}).filter(([status]) => status.startsWith('2'));
	const scopes = (call.security ?? []).flatMap((scheme) => Object.values(scheme).flat());
	const inside = make('div', { className: 'inside' },
		make('p', {}, ...(scopes.length === 0 ? ['No token needed.'] : ['Scope ', make('code', { textContent: scopes.join(', ') })])),
		...(call.description ? [make('p', { textContent: call.description })] : []),
		...table('Path, query and headers', parameterRows(call.parameters)),
		...table('Body', fieldRows(contentOf(call.requestBody), '')),
		...answers.flatMap(([status, answer]) => table('Answer ' + status, fieldRows(contentOf(answer), ''))));
	const heading = make('summary', {}, make('span', { className: 'method', textContent: method.toUpperCase() }), make('span', { className: 'path', textContent: path }), make('span', { className: 'says', textContent: call.summary ?? '' }));
	const details = make('details', {}, heading, inside);
	details.dataset.text = (method + ' ' + path + ' ' + (call.summary ?? '')).toLowerCase();
	return details;
};
const show = (api) => {
	const calls = document.getElementById('calls');
	calls.replaceChildren();
	for (const tag of api.tags) {
		const found = Object.entries(api.paths).flatMap(([path, methods]) =>
			Object.entries(methods).filter(([, call]) => call.tags?.includes(tag.name)).map(([method, call]) => callOf(path, method, call)));
		if (found.length > 0) calls.append(make('section', {}, make('h2', { textContent: tag.name }), make('p', { textContent: tag.description ?? '' }), ...found));
	}
};
document.getElementById('find').addEventListener('input', (event) => {
	const wanted = event.target.value.trim().toLowerCase();
	for (const details of document.querySelectorAll('details')) details.hidden = !details.dataset.text.includes(wanted);
	for (const section of document.querySelectorAll('section')) section.hidden = !section.querySelector('details:not([hidden])');
});
fetch('openapi.json').then((answer) => answer.json()).then(show, () => {
	document.getElementById('calls').textContent = 'openapi.json could not be loaded.';
});
</script>
</body>
</html>
`;
