import type { Capability, Operator, Relation } from './package.ts';

/** `libc6 (>= 2.36) | libc6.1:any`: a relation as Debian writes it. */
export function printRelation(relation: Relation): string {
  return relation.map(printCapability).join(' | ');
}

export function printCapability({ name, arch, bound }: Capability): string {
  return `${name}${arch === undefined ? '' : `:${arch}`}${bound === undefined ? '' : ` (${signs[bound.op]} ${bound.version})`}`;
}

// A single `<` in a Debian field is the obsolete spelling of `<=` (Debian policy 7.1), hence never written.
const signs: Record<Operator, string> = { '<': '<<', '<=': '<=', '=': '=', '>=': '>=', '>': '>>' };
