import { Fault } from '../core/fault.ts';
import type { Bound, Capability, Operator, Relation } from '../package/package.ts';

/**
 * Reads a relation field of a binary package (deb-control(5)): `a (>= 1), b:any | c`. Equal clauses of one reader are one
 * object, since an archive repeats the same few thousand clauses a quarter of a million times.
 */
export class RelationReader {
  #known = new Map<string, Relation>();
  #bounds = new Map<string, Capability>();

  /** Depends, Pre-Depends, Recommends. @throws Fault invalid, naming the clause */
  relations(field: string): Relation[] {
    return clausesOf(field).map((clause) => this.#relation(clause));
  }

  /** Provides, Conflicts, Breaks: no alternatives. @throws Fault invalid, naming the clause */
  capabilities(field: string): Capability[] {
    return clausesOf(field).map((clause) => {
      if (clause.includes('|')) throw new Fault('invalid', `"${clause}" offers alternatives where none are allowed`);
      return this.#capability(clause);
    });
  }

  #relation(clause: string): Relation {
    const known = this.#known.get(clause);
    if (known) return known;
    const relation = clause.split('|').map((part) => this.#capability(part.trim())) as [Capability, ...Capability[]];
    this.#known.set(clause, relation);
    return relation;
  }

  #capability(text: string): Capability {
    const known = this.#bounds.get(text);
    if (known) return known;
    const capability = parseCapability(text);
    this.#bounds.set(text, capability);
    return capability;
  }
}

/** Reads one capability: `python3:any (>= 3.11~)`. @throws Fault invalid */
export function parseCapability(text: string): Capability {
  const match = shape.exec(text);
  if (!match) throw new Fault('invalid', `"${text}" is not a relation to a package`);
  const [, name, arch, op, version] = match;
  return { name: name!, ...(arch !== undefined && { arch }), ...(op !== undefined && { bound: boundOf(op, version!) }) };
}

// Debian policy 5.6.7 for the name. The archive's own tools take upper case and underscores too, so these are read.
const shape = /^([A-Za-z0-9][A-Za-z0-9+._-]*)(?::([a-z0-9-]+))?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([A-Za-z0-9][A-Za-z0-9.+~:_-]*)\s*\))?$/;

// Debian policy 7.1: a single < or > is obsolete and means "or equal".
const operators: Record<string, Operator> = { '<<': '<', '<=': '<=', '<': '<=', '=': '=', '>=': '>=', '>': '>=', '>>': '>' };

const boundOf = (op: string, version: string): Bound => ({ op: operators[op]!, version });

function clausesOf(field: string): string[] {
  return field
    .split(',')
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}
