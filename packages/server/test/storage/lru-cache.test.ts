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
				const cache = new LruCache<number>(LIMIT);
				const latest = new Map<string, { readonly value: number; readonly weight: number }>();
				for (const [value, { kind, key: name, ...more }] of uses.entries()) {
					const known = latest.get(name);
					latest.delete(name);
					if (kind === 'delete') cache.delete(name);
					if (kind === 'set' && 'weight' in more) {
						cache.set(name, value, more.weight);
						if (more.weight <= LIMIT / 2) latest.set(name, { value, weight: more.weight });
					}
					if (kind === 'get') {
						const found = cache.get(name);
						if (found !== undefined) expect(found).toBe(known?.value);
						if (found !== undefined && known !== undefined) latest.set(name, known);
					}
				}
				let weight = 0;
				for (const [name, entry] of [...latest].reverse()) {
					weight += entry.weight;
					if (weight > LIMIT / 2) break;
					expect(cache.get(name)).toBe(entry.value);
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
