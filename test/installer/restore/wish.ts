import { targetOf, type Target } from '../../../installer/restore/target.ts';

/** A target as a command line gives it. */
export const readTarget = (options: Record<string, string>): Target => targetOf({ value: (name) => options[name], has: (name) => name in options });
