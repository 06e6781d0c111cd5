import type { z } from 'zod';

/** The keys that a schema knows at a place of a document, so that a misspelt one can be guessed; undefined where any key may stand. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] | undefined {
  const keys = path.reduce((found, key) => found.flatMap((each) => inside(each, key)), bare(schema)).flatMap((each) => {
    const definition = definitionOf(each);
    return definition.type === 'object' ? Object.keys(definition.shape) : [];
  });
  return keys.length > 0 ? keys : undefined;
}

type Definition = z.core.$ZodObjectDef | z.core.$ZodRecordDef | z.core.$ZodArrayDef | z.core.$ZodUnionDef | z.core.$ZodPipeDef | z.core.$ZodOptionalDef | z.core.$ZodLazyDef;

const definitionOf = (schema: z.core.$ZodType): Definition => (schema as z.ZodType).def as Definition;

/** What a schema accepts once optional, default, transforming and choosing layers are taken off. */
function bare(schema: z.core.$ZodType): z.core.$ZodType[] {
  const definition = definitionOf(schema);
  if (definition.type === 'union') return definition.options.flatMap(bare);
  if (definition.type === 'pipe') return bare(definition.in);
  if (definition.type === 'lazy') return bare(definition.getter());
  return 'innerType' in definition ? bare(definition.innerType) : [schema];
}

function inside(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  const definition = definitionOf(schema);
  if (definition.type === 'array') return bare(definition.element);
  if (definition.type === 'record') return bare(definition.valueType);
  const member = definition.type === 'object' ? definition.shape[String(key)] : undefined;
  return member ? bare(member) : [];
}
