/** One field of a stanza as it stands; a value of several lines keeps its line breaks and the blanks behind them (deb-control(5)). */
export interface StanzaField {
  name: string;
  value: string;
}

/** Reads the fields of one stanza, in their order. */
export function readFields(stanza: string): StanzaField[] {
  const fields: StanzaField[] = [];
  for (const line of stanza.split('\n')) {
    const last = fields.at(-1);
    const colon = line.indexOf(':');
    if (/^[ \t]/.test(line) && last) last.value += `\n${line}`;
    else if (colon > 0) fields.push({ name: line.slice(0, colon), value: line.slice(colon + 1).trim() });
  }
  return fields;
}

/** Writes a stanza, a newline at the end; a value that begins on the second line gets no blank behind the colon. */
export function writeFields(fields: readonly StanzaField[]): string {
  return fields.map(({ name, value }) => `${name}:${value === '' || value.startsWith('\n') ? '' : ' '}${value}\n`).join('');
}

/** The value of one field, undefined when there is none; names are matched without regard to case. */
export function fieldOf(fields: readonly StanzaField[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value;
}
