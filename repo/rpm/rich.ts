import type { Capability, Operator, Relation } from '../package/package.ts';

/**
 * Reads a rich dependency, `(a >= 1 or (b and c))`, and says it in relations that all have to hold (rpm, boolean
 * dependencies). `(a if b)` becomes the alternatives "a" and "no b"; of `with`, one package must offer both sides. What is
 * not understood becomes a relation that nothing satisfies, and that bears the whole text as its name.
 */
export function relationsOf(text: string): Relation[] {
  return understood(text, (term) => term);
}

/** The same of a rich conflict, which is one as long as it holds: what has to hold so that it does not. */
export function oppositesOf(text: string): Relation[] {
  return understood(text, not);
}

function understood(text: string, meant: (term: Term) => Term): Relation[] {
  try {
    return clausesOf(meant(new Reader(text).whole())).filter((clause) => !isEmpty(clause));
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return [[{ name: text }]];
  }
}

/** Something that holds or not, of what is installed. */
type Term = { kind: 'one'; capability: Capability } | { kind: 'and' | 'or'; terms: readonly Term[] };

class NotUnderstood extends Error {}

/** Parentheses within parentheses; deeper ones come out of no dependency that anybody wrote. */
const deepest = 16;

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

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
    if (++this.#depth > deepest) throw new NotUnderstood();
    const terms = [this.#operand()];
    const words: string[] = [];
    while (this.#peek() !== ')') {
      words.push(this.#word());
      terms.push(this.#operand());
    }
    this.#expect(')');
    this.#depth--;
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
      if (terms.length === 2) return alternativesOf(second).reduce((left, right) => beside(left, right, butNot), first);
      break;
    case 'if':
      if (terms.length === 2) return { kind: 'or', terms: [first, not(second)] };
      break;
    case 'if else':
      return all({ kind: 'or', terms: [first, not(second)] }, { kind: 'or', terms: [second, third] });
    case 'unless':
      if (terms.length === 2) return all(first, not(second));
      break;
    case 'unless else':
      return all({ kind: 'or', terms: [first, second] }, { kind: 'or', terms: [not(second), third] });
  }
  throw new NotUnderstood();
}

const all = (...terms: Term[]): Term => ({ kind: 'and', terms });

/** `((a or b) with c)` is `((a with c) or (b with c))`. */
function beside(left: Term, right: Term, join: (a: Capability, b: Capability) => Capability): Term {
  if (left.kind === 'or') return either(left.terms.flatMap((term) => alternativesOf(beside(term, right, join))));
  if (right.kind === 'or') return either(right.terms.flatMap((term) => alternativesOf(beside(left, term, join))));
  if (left.kind !== 'one' || right.kind !== 'one' || left.capability.absent || right.capability.absent) throw new NotUnderstood();
  return { kind: 'one', capability: join(left.capability, right.capability) };
}

function either(terms: readonly Term[]): Term {
  if (terms.length > most) throw new NotUnderstood();
  return { kind: 'or', terms };
}

/** Without `b or c` is without either. */
const alternativesOf = (term: Term): readonly Term[] => (term.kind === 'or' ? term.terms : [term]);

function also(a: Capability, { with: both = [], without = [], ...b }: Capability): Capability {
  const none = [...(a.without ?? []), ...without];
  return { ...a, with: [...(a.with ?? []), b, ...both], ...(none.length > 0 && { without: none }) };
}

function butNot(a: Capability, b: Capability): Capability {
  if (b.with || b.without) throw new NotUnderstood();
  return { ...a, without: [...(a.without ?? []), b] };
}

function not(term: Term): Term {
  if (term.kind === 'one') return { kind: 'one', capability: opposite(term.capability) };
  return { kind: term.kind === 'and' ? 'or' : 'and', terms: term.terms.map(not) };
}

function opposite({ absent, ...rest }: Capability): Capability {
  return absent ? rest : { ...rest, absent: true };
}

/** Something, or not that: it always holds. */
function isEmpty(clause: Relation): boolean {
  const [wanted, unwanted] = [clause.filter((each) => !each.absent), clause.filter((each) => each.absent)];
  return unwanted.some((each) => wanted.some((other) => JSON.stringify(other) === JSON.stringify(opposite(each))));
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
