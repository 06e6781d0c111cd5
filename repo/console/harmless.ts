/**
 * Text of others as a terminal may get it: control characters, which could move the cursor, retitle the window or hide what
 * was said (ECMA-48), and marks that turn the direction of writing are spelled out; line ends and tabs stay.
 */
export const harmless = (text: string): string => text.replace(controls, spell);

/** The same for text that has its colours already. */
export const harmlessInColour = (text: string): string => text.split(colour).map((part, place) => (place % 2 === 0 ? harmless(part) : part)).join('');

// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex
const colour = /(\u001B\[[0-9;]*m)/;

const spell = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
