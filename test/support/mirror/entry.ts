/** A package of a made repository, whatever the family. */
export interface Entry {
  name: string;
  /** With epoch and revision, as the family writes it. */
  version: string;
  /** As the family spells it: `amd64`, `x86_64`. */
  arch: string;
  /** Names of packages, or of what they offer. */
  needs: readonly string[];
  conflicts: readonly string[];
  /** What it offers beside its name; paths among it are files. */
  offers: readonly string[];
  /** Every host has it. */
  essential: boolean;
  /** What is in its file, where another one is to bear its name and version. */
  content?: string;
}
