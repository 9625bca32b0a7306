import type { JsonSchema } from '../../src/api/openapi.ts'

/** An answer with one thing wrong in it, and what that is. */
export interface Mutation {
  what: string
  value: unknown
}

/** Every way to spoil one place of a value that fits its schema: a key dropped or added, a wrong type, a null, an unknown word. */
export function mutationsOf(schema: JsonSchema, value: unknown, place = ''): Mutation[] {
  const here = place || 'the whole'
  const spoilt = wrongValues(schema).map((wrong) => ({ what: `${here} is ${JSON.stringify(wrong)}`, value: wrong }))
  return [...spoilt, ...inside(schema, value, place)]
}

/** Mutations below a place, each with the rest of the value around it. */
function inside(schema: JsonSchema, value: unknown, place: string): Mutation[] {
  const variants = (schema.anyOf ?? []).filter((one) => one.type !== 'null')
  if (variants.length > 0) return value === null || variants.length > 1 ? [] : inside(variants[0] ?? {}, value, place)
  if (Array.isArray(value)) {
    return value.flatMap((element, at) =>
      mutationsOf(schema.items ?? {}, element, `${place}/${at}`).map(({ what, value: wrong }) => ({ what, value: value.with(at, wrong) })),
    )
  }
  if (typeof value !== 'object' || value === null || schema.properties === undefined) return []
  const fields = value as Record<string, unknown>
  const known = Object.entries(schema.properties).filter(([name]) => name in fields)
  return [
    { what: `${place}/undeclared is there`, value: { ...fields, undeclared: 1 } },
    ...known.flatMap(([name, inner]) => [
      ...(schema.required?.includes(name) ? [{ what: `${place}/${name} is missing`, value: without(fields, name) }] : []),
      ...mutationsOf(inner, fields[name], `${place}/${name}`).map(({ what, value: wrong }) => ({
        what,
        value: { ...fields, [name]: wrong },
      })),
    ]),
  ]
}

const samples: Record<string, unknown> = { string: 'no such word', number: 1.5, boolean: true, object: {}, array: [], null: null }

/** One value of every type the schema does not allow, and a text that is no date or none of its words. */
function wrongValues(schema: JsonSchema): unknown[] {
  const types = typesOf(schema)
  // What may be anything cannot be wrong.
  if (types.size === 0) return []
  const wrong = Object.entries(samples).flatMap(([type, sample]) => (types.has(type) ? [] : [sample]))
  return isNarrow(schema) ? [...wrong, 'no such word'] : wrong
}

function typesOf(schema: JsonSchema): Set<string> {
  const own = [schema.type ?? []].flat()
  return new Set([...own, ...(schema.anyOf ?? []).flatMap((one) => [...typesOf(one)])])
}

/** True when it allows some texts only. */
function isNarrow(schema: JsonSchema): boolean {
  const texts = [schema, ...(schema.anyOf ?? [])].filter((one) => [one.type].flat().includes('string'))
  return texts.length > 0 && texts.every((one) => one.enum !== undefined || one.format === 'date-time')
}

function without(fields: Record<string, unknown>, name: string): object {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name))
}
