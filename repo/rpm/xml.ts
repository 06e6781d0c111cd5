/** Text as it stands between two tags (XML 1.0, 2.4); what XML has no way to say is left out. */
export function escape(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(unspeakable, '').replace(/[&<>]/g, (character) => references[character]!);
}

/** Text as it stands in an attribute, in double quotes. */
export const quote = (text: string): string => `"${escape(text).replaceAll('"', '&quot;')}"`;

const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// XML 1.0, 2.2: characters.
// oxlint-disable-next-line no-control-regex
const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
// oxlint-disable-next-line no-control-regex
const special = /[&<>\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
