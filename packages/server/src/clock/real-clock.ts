import type { Clock } from '../services.ts';

export const REAL_CLOCK: Clock = { now: () => Date.now(), advance: null };
