/** Of the same read one at a time: whoever asks for a key while it is being read gets that answer. */
export function shareReads<Value>(): (key: string, read: () => Promise<Value>) => Promise<Value> {
	const reading = new Map<string, Promise<Value>>();
	return (key, read) => {
		const shared = reading.get(key) ?? read().finally(() => reading.delete(key));
		reading.set(key, shared);
		return shared;
	};
}
