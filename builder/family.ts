import { compareVersions as compareDebian } from '../repo/deb/version.ts';
import type { Target } from '../repo/package/target.ts';
import { compareVersions as compareRpm } from '../repo/rpm/version.ts';
import { debian } from './solve/debian.ts';
import { rpm } from './solve/rpm.ts';
import type { Setting } from './solve/universe.ts';

/** How packages of a format are ordered and matched. */
export const families: Record<Target['format'], Pick<Setting, 'compareVersions' | 'semantics'>> = {
  deb: { compareVersions: compareDebian, semantics: debian },
  rpm: { compareVersions: compareRpm, semantics: rpm },
};
