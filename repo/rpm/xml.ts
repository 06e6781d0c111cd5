/** Text as it stands in XML 1.0, between tags or in quotes; what XML has no way to say is left out. */
export function escape(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(unspeakable, '').replace(/[&<>"]/g, (character) => references[character]!);
}

/** `<name>text</name>`, or nothing where there is no text. */
export const element = (name: string, text: string): string => (text === '' ? '' : `<${name}>${escape(text)}</${name}>`);

const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// Extensible Markup Language 1.0, 2.2: characters.
// oxlint-disable-next-line no-control-regex
const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
// oxlint-disable-next-line no-control-regex
const special = /[&<>"\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
