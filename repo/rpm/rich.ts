import type { Capability, Operator, Relation } from '../package/package.ts';

/**
 * Reads a rich dependency, `(a >= 1 or (b and c))`, and says it in relations that all have to hold (rpm, boolean
 * dependencies). `(a if b)` becomes the alternatives "a" and "no b"; of `with`, one package must offer both sides. What is
 * not understood becomes a relation that nothing satisfies, and that bears the whole text as its name.
 */
export function relationsOf(text: string): Relation[] {
  try {
    return clausesOf(new Reader(text).whole());
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return [[{ name: text }]];
  }
}

/** Something that holds or not, of what is installed. */
type Term = { kind: 'one'; capability: Capability } | { kind: 'and' | 'or'; terms: readonly Term[] };

class NotUnderstood extends Error {}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Term {
    const term = this.#operand();
    if (this.#at < this.#text.length) throw new NotUnderstood();
    return term;
  }

  #operand(): Term {
    return this.#text[this.#at] === '(' ? this.#parentheses() : { kind: 'one', capability: this.#capability() };
  }

  /** One operator a pair of parentheses; `and`, `or` and `with` may repeat. */
  #parentheses(): Term {
    this.#expect('(');
    const terms = [this.#operand()];
    const words: string[] = [];
    while (this.#peek() !== ')') {
      words.push(this.#word());
      terms.push(this.#operand());
    }
    this.#expect(')');
    return combine(words, terms);
  }

  #capability(): Capability {
    const name = this.#word();
    const op = operators[this.#peek()];
    if (op === undefined) return { name };
    this.#word();
    return { name, bound: { op, version: this.#word() } };
  }

  /** Names hold parentheses of their own: `python3dist(six)`. */
  #word(): string {
    const word = this.#peek();
    if (word === '' || word === ')') throw new NotUnderstood();
    this.#at += word.length;
    this.#blanks();
    return word;
  }

  #peek(): string {
    let depth = 0;
    let end = this.#at;
    for (; end < this.#text.length && !/\s/.test(this.#text[end]!); end++) {
      if (this.#text[end] === '(') depth++;
      if (this.#text[end] === ')' && depth-- === 0) break;
    }
    return end === this.#at ? (this.#text[end] ?? '') : this.#text.slice(this.#at, end);
  }

  #expect(mark: string): void {
    if (this.#text[this.#at] !== mark) throw new NotUnderstood();
    this.#at++;
    this.#blanks();
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }
}

const operators: Record<string, Operator> = { '<': '<', '<=': '<=', '=': '=', '>=': '>=', '>': '>' };

function combine(words: readonly string[], terms: readonly Term[]): Term {
  const [first, second, third] = terms as [Term, Term, Term];
  switch ([...new Set(words)].join(' ')) {
    case '':
      return first;
    case 'and':
      return { kind: 'and', terms };
    case 'or':
      return { kind: 'or', terms };
    case 'with':
      return terms.slice(1).reduce((left, right) => beside(left, right, also), first);
    case 'without':
      if (terms.length === 2 && second.kind === 'one') return beside(first, second, butNot);
      break;
    case 'if':
      if (terms.length === 2) return { kind: 'or', terms: [first, not(second)] };
      break;
    case 'if else':
      return all({ kind: 'or', terms: [first, not(second)] }, { kind: 'or', terms: [second, third] });
    case 'unless':
      if (terms.length === 2) return all(first, not(second));
      break;
  }
  throw new NotUnderstood();
}

const all = (...terms: Term[]): Term => ({ kind: 'and', terms });

/** `((a or b) with c)` is `((a with c) or (b with c))`. */
function beside(left: Term, right: Term, join: (a: Capability, b: Capability) => Capability): Term {
  if (left.kind === 'or') return { kind: 'or', terms: left.terms.map((term) => beside(term, right, join)) };
  if (right.kind === 'or') return { kind: 'or', terms: right.terms.map((term) => beside(left, term, join)) };
  if (left.kind !== 'one' || right.kind !== 'one' || left.capability.absent || !isPlain(right.capability)) throw new NotUnderstood();
  return { kind: 'one', capability: join(left.capability, right.capability) };
}

const also = (a: Capability, b: Capability): Capability => ({ ...a, with: [...(a.with ?? []), b] });
const butNot = (a: Capability, b: Capability): Capability => ({ ...a, without: [...(a.without ?? []), b] });

const isPlain = ({ with: both, without, absent }: Capability): boolean => !both && !without && !absent;

function not(term: Term): Term {
  if (term.kind === 'one') return { kind: 'one', capability: opposite(term.capability) };
  return { kind: term.kind === 'and' ? 'or' : 'and', terms: term.terms.map(not) };
}

function opposite({ absent, ...rest }: Capability): Capability {
  return absent ? rest : { ...rest, absent: true };
}

/** More than this comes out of no dependency that anybody wrote. */
const most = 64;

/** Alternatives that all have to hold: the conjunctive form. */
function clausesOf(term: Term): Relation[] {
  if (term.kind === 'one') return [[term.capability]];
  const parts = term.terms.map(clausesOf);
  if (term.kind === 'and') return parts.flat();
  let clauses: Relation[] = parts[0]!;
  for (const part of parts.slice(1)) {
    if (clauses.length * part.length > most) throw new NotUnderstood();
    clauses = clauses.flatMap((left) => part.map((right) => left.concat(right) as [Capability, ...Capability[]]));
  }
  return clauses;
}
