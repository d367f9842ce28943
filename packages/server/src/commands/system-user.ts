import type { UserId } from '@sendback/engine/terms.ts';

/**
 * Who did what nobody did: timers, messages, signals and workers act under this name, and instances that an event starts
 * have it as their initiator. It exists in every tenant without being in its directory.
 */
export const SYSTEM_USER: UserId = 'system';
