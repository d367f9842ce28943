/** Numbers as JSON has them: an overflow, 1/0 and the like are null, and there is no negative zero. */
export function finite(value: number): number | null {
	return Number.isFinite(value) ? value + 0 : null;
}
