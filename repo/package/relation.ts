import type { Capability, Operator, Relation } from './package.ts';

/** `libc6 (>= 2.36) | libc6.1:any`: a relation as Debian writes it; with `… if …` and `… with …` for what only RPM knows. */
export function printRelation(relation: Relation): string {
  const [present, absent] = [relation.filter((each) => !each.absent), relation.filter((each) => each.absent)];
  const wanted = present.map(printCapability).join(' | ') || 'nothing';
  return absent.length === 0 ? wanted : `${wanted} if ${absent.map(printCapability).join(' and ')}`;
}

export function printCapability({ name, arch, bound, with: both = [], without = [] }: Capability): string {
  const own = `${name}${arch === undefined ? '' : `:${arch}`}${bound === undefined ? '' : ` (${signs[bound.op]} ${bound.version})`}`;
  return [own, ...both.map((each) => `with ${printCapability(each)}`), ...without.map((each) => `without ${printCapability(each)}`)].join(' ');
}

// A single `<` in a Debian field is the obsolete spelling of `<=` (Debian policy 7.1), hence never written.
const signs: Record<Operator, string> = { '<': '<<', '<=': '<=', '=': '=', '>=': '>=', '>': '>>' };
