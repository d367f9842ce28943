import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruCache } from '../../src/storage/lru-cache.ts';

const LIMIT = 20;

type Use =
	| { readonly kind: 'get' | 'delete'; readonly key: string }
	| { readonly kind: 'set'; readonly key: string; readonly weight: number };

const key = fc.constantFrom(...'abcdefghijkl');
const use: fc.Arbitrary<Use> = fc.oneof(
	fc.record({ kind: fc.constantFrom('get', 'delete'), key }),
	fc.record({ kind: fc.constant('set'), key, weight: fc.integer({ min: 1, max: 12 }) }),
);

describe('the cache of what was used last', () => {
	it('never gives what was replaced or deleted, and always what was used last up to half of its limit', () => {
		fc.assert(
			fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
				const cache = new LruCache<{ readonly value: number; readonly weight: number }>(LIMIT, ({ weight }) => weight);
				const latest = new Map<string, { readonly value: number; readonly weight: number }>();
				const used: { readonly name: string; readonly weight: number }[] = [];
				for (const [value, { kind, key: name, ...more }] of uses.entries()) {
					if (kind === 'get') {
						const known = latest.get(name);
						const found = cache.get(name);
						if (found === undefined) continue;
						expect(found.value).toBe(known?.value);
						used.push({ name, weight: known?.weight ?? 0 });
						continue;
					}
					latest.delete(name);
					if (kind === 'delete') cache.delete(name);
					if ('weight' in more) {
						cache.set(name, { value, weight: more.weight });
						if (more.weight > LIMIT / 2) continue;
						latest.set(name, { value, weight: more.weight });
						used.push({ name, weight: more.weight });
					}
				}
				// What was used since counts with the most that it weighed, also where it was replaced by less or deleted since.
				const since = new Map<string, number>();
				for (const { name, weight } of used.reverse()) {
					const isLastUse = !since.has(name);
					since.set(name, Math.max(weight, since.get(name) ?? 0));
					if ([...since.values()].reduce((sum, each) => sum + each, 0) > LIMIT / 2) break;
					const entry = latest.get(name);
					if (isLastUse && entry !== undefined) expect(cache.get(name)?.value).toBe(entry.value);
				}
			}),
		);
	});

	it('does not grow beyond its limit', () => {
		const cache = new LruCache<number>(LIMIT);
		for (let name = 0; name < 1_000; name++) cache.set(String(name), name);
		const kept = Array.from({ length: 1_000 }, (_, name) => cache.get(String(name))).filter(
			(found) => found !== undefined,
		);
		expect(kept.length).toBeGreaterThanOrEqual(LIMIT / 2);
		expect(kept.length).toBeLessThanOrEqual(LIMIT);
	});
});
