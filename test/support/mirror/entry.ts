/** A package of a made repository, whatever the family. */
export interface Entry {
  name: string;
  /** With epoch and revision, as the family writes it. */
  version: string;
  /** As the family spells it: `amd64`, `x86_64`, `noarch`. */
  arch: string;
  /** Names of packages, or of what they offer; `name >= version` holds one to a version. */
  needs: readonly string[];
  conflicts: readonly string[];
  offers: readonly string[];
  /** Every host has it. */
  essential: boolean;
  /** What is in its file, where another one is to bear its name and version. */
  content?: string;
}

/** Below the folder of its repository. */
export function pathOf({ name, version, arch }: Entry, ending: 'deb' | 'rpm'): string {
  const plain = version.replace(/^\d+:/, '');
  return ending === 'deb' ? `pool/${name[0]}/${name}/${name}_${plain}_${arch}.deb` : `Packages/${name[0]}/${name}-${plain}.${arch}.rpm`;
}

/** What stands for the file of a package: enough to have a digest and a size of its own. */
export const contentOf = ({ content }: Entry, path: string): Buffer => Buffer.from(content ?? `the file ${path}\n`);
