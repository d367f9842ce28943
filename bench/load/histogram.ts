/** Each power of two is divided into this many buckets: a percentile is right to 1 %. */
const SUB_BUCKETS = 128;
const POWERS = 28;

export interface Latencies {
	/** Milliseconds. */
	readonly p50: number;
	readonly p90: number;
	readonly p99: number;
	readonly max: number;
	readonly mean: number;
}

/** Counts of durations in microseconds, in buckets of constant relative width: recording costs nothing and keeps nothing. */
export class Histogram {
	readonly #counts = new Uint32Array(SUB_BUCKETS * POWERS);
	#count = 0;
	#max = 0;
	#sum = 0;

	get count(): number {
		return this.#count;
	}

	record(milliseconds: number): void {
		const micros = Math.max(0, Math.round(milliseconds * 1000));
		const bucket = bucketOf(micros);
		this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
		this.#count++;
		this.#sum += micros;
		if (micros > this.#max) this.#max = micros;
	}

	latencies(): Latencies {
		return {
			p50: this.percentile(0.5),
			p90: this.percentile(0.9),
			p99: this.percentile(0.99),
			max: this.#max / 1000,
			mean: this.#count === 0 ? 0 : this.#sum / this.#count / 1000,
		};
	}

	/** Milliseconds; 0 where nothing was recorded. */
	percentile(share: number): number {
		let left = Math.ceil(this.#count * share);
		if (left === 0) return 0;
		for (const [bucket, count] of this.#counts.entries()) {
			left -= count;
			if (left <= 0) return Math.min(middleOf(bucket), this.#max) / 1000;
		}
		throw new Error('bug: a percentile beyond all buckets');
	}
}

/** Below 128 µs a bucket a microsecond; above, 128 buckets for each doubling. */
function bucketOf(micros: number): number {
	if (micros < SUB_BUCKETS) return micros;
	const power = Math.min(31 - Math.clz32(Math.min(micros, 2 ** 31)) - 7, POWERS - 2);
	const within = Math.min((micros >> power) - SUB_BUCKETS, SUB_BUCKETS - 1);
	return (power + 1) * SUB_BUCKETS + within;
}

function middleOf(bucket: number): number {
	if (bucket < SUB_BUCKETS) return bucket;
	const power = Math.floor(bucket / SUB_BUCKETS) - 1;
	return (SUB_BUCKETS + (bucket % SUB_BUCKETS) + 0.5) * 2 ** power;
}
