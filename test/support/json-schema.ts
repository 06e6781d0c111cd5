/** A JSON Schema of draft 7, as far as ours go. */
type Schema = Readonly<Record<string, unknown>>;

type Rule = (value: unknown, given: never, schema: Schema, path: string) => string[];

/** What a schema finds wrong with a value: `/a/0: …`. @throws Error for a keyword that it does not know, so that none is passed over in silence */
export function violations(schema: Schema, value: unknown, path = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, given]) => {
    const rule = rules[keyword];
    if (!rule) throw new Error(`a keyword that this validator does not know: ${keyword}`);
    return rule(value, given as never, schema, path);
  });
}

const said = (wrong: boolean, path: string, what: string): string[] => (wrong ? [`${path}: ${what}`] : []);
const nothing: Rule = () => [];
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const keysOf = (value: unknown): string[] => (isObject(value) ? Object.keys(value) : []);

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
};

const rules: Readonly<Record<string, Rule>> = {
  $schema: nothing,
  title: nothing,
  description: nothing,
  default: nothing,
  format: (value, of: string, _, path) => said(of === 'uri' && typeof value === 'string' && !URL.canParse(value), path, 'not an address'),
  type: (value, of: string, _, path) => said(!types[of]!(value), path, `not of type ${of}`),
  enum: (value, of: readonly unknown[], _, path) => said(!of.includes(value), path, `not one of ${of.join(', ')}`),
  const: (value, of: unknown, _, path) => said(value !== of, path, `not ${String(of)}`),
  pattern: (value, of: string, _, path) => said(typeof value === 'string' && !new RegExp(of).test(value), path, `does not match ${of}`),
  minLength: (value, of: number, _, path) => said(typeof value === 'string' && value.length < of, path, 'too short'),
  minItems: (value, of: number, _, path) => said(Array.isArray(value) && value.length < of, path, 'too few'),
  minimum: (value, of: number, _, path) => said(typeof value === 'number' && value < of, path, 'too small'),
  maximum: (value, of: number, _, path) => said(typeof value === 'number' && value > of, path, 'too large'),
  required: (value, of: readonly string[], _, path) => of.flatMap((key) => said(isObject(value) && !(key in value), path, `without ${key}`)),
  properties: (value, of: Record<string, Schema>, _, path) => keysOf(value).flatMap((key) => (of[key] ? violations(of[key], (value as Schema)[key], `${path}/${key}`) : [])),
  propertyNames: (value, of: Schema, _, path) => keysOf(value).flatMap((key) => violations(of, key, `${path}/${key}`)),
  additionalProperties: (value, of: Schema | boolean, { properties = {} }, path) =>
    keysOf(value)
      .filter((key) => !(key in (properties as Schema)))
      .flatMap((key) => (typeof of === 'boolean' ? said(!of, `${path}/${key}`, 'unknown key') : violations(of, (value as Schema)[key], `${path}/${key}`))),
  items: (value, of: Schema, _, path) => (Array.isArray(value) ? value.flatMap((each, index) => violations(of, each, `${path}/${index}`)) : []),
  anyOf: (value, of: readonly Schema[], _, path) => said(of.every((each) => violations(each, value, path).length > 0), path, 'of none of the forms'),
};
