/** Whether a host is chosen, by its parameters. */
export type Selector = (vars: Readonly<Record<string, unknown>>) => boolean;

/**
 * Reads the selector of a service: `[]` for every member, or a filter of JMESPath (jmespath.org) of the form
 * ``[? pg_role == `offline` || pg_offline_query && !pg_weight ]``: comparisons with == and != and bare names, joined
 * by &&, which binds closer, and ||. Undefined when it is none of these.
 */
export function readSelector(text: string): Selector | undefined {
  if (/^\s*\[\s*\]\s*$/.test(text)) return () => true;
  const filter = /^\s*\[\?(.*)\]\s*$/s.exec(text)?.[1];
  if (filter === undefined) return undefined;
  const choices = filter.split('||').map((part) => part.split('&&').map(readTerm));
  const known = choices.map((terms) => terms.filter((term) => term !== undefined));
  if (known.some((terms, index) => terms.length < choices[index]!.length)) return undefined;
  return (vars) => known.some((terms) => terms.every((term) => term(vars)));
}

function readTerm(text: string): Selector | undefined {
  const match = /^\s*(!?)([a-z_]+)\s*(?:(==|!=)\s*(?:`"?([^`"]*)"?`|'([^']*)'))?\s*$/.exec(text);
  if (!match) return undefined;
  const [, not, name, operator, quoted, plain] = match;
  if (operator === undefined) return (vars) => isTrue(vars[name!]) === (not === '');
  if (not !== '') return undefined;
  return (vars) => (String(vars[name!]) === (quoted ?? plain)) === (operator === '==');
}

// JMESPath: false, null and what is empty count as false; 0 does not.
const isTrue = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== '';
