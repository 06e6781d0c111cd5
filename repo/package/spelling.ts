import type { Capability, Operator, Relation } from './package.ts';

/** How a format of packages writes what packages say of each other. */
export interface Spelling {
  capability(capability: Capability): string;
  relation(relation: Relation): string;
}

/** `libc6 (>= 2.36) | libc6.1:any` (Debian policy 7.1) */
export const debianSpelling: Spelling = { capability: debianCapability, relation: (relation) => relation.map(debianCapability).join(' | ') };

/** `glibc >= 2.34`, `(a or b)`, `((a with b) if c)` (rpm, boolean dependencies) */
export const rpmSpelling: Spelling = { capability: rpmCapability, relation: rpmRelation };

/** Behind a sentence, in parentheses; those of a rich relation are enough. */
export const inParentheses = (text: string): string => (text.startsWith('(') ? text : `(${text})`);

function debianCapability({ name, arch, bound }: Capability): string {
  return `${name}${arch === undefined ? '' : `:${arch}`}${bound === undefined ? '' : ` (${signs[bound.op]} ${bound.version})`}`;
}

// A single `<` in a Debian field is the obsolete spelling of `<=` (Debian policy 7.1), hence never written.
const signs: Record<Operator, string> = { '<': '<<', '<=': '<=', '=': '=', '>=': '>=', '>': '>>' };

function rpmCapability({ name, bound, with: both = [], without = [] }: Capability): string {
  const own = bound === undefined ? name : `${name} ${bound.op} ${bound.version}`;
  return joined('without', [joined('with', [own, ...both.map(rpmCapability)]), ...without.map(rpmCapability)]);
}

/** Where nothing is asked for, only what must not be there together is left to say. */
function rpmRelation(relation: Relation): string {
  const wanted = joined('or', relation.filter((each) => !each.absent).map(rpmCapability));
  const condition = joined('and', relation.filter((each) => each.absent).map(rpmCapability));
  return wanted === '' || condition === '' ? wanted + condition : `(${wanted} if ${condition})`;
}

/** `or`, `and`, `with` may repeat within one pair of parentheses; `without` may not. */
function joined(word: string, parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? '';
  return word === 'without' ? parts.reduce((left, right) => `(${left} without ${right})`) : `(${parts.join(` ${word} `)})`;
}
