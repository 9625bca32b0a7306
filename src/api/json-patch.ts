import { type Static, Type } from 'typebox'
import { enumOf } from './schema.ts'

/** One step of a JSON Patch (RFC 6902). `from` belongs to move and copy. */
const JsonPatchOperation = Type.Object({
  op: enumOf(['add', 'remove', 'replace', 'move', 'copy', 'test']),
  path: Type.String({ maxLength: 1000 }),
  from: Type.Optional(Type.String({ maxLength: 1000 })),
  value: Type.Optional(Type.Unknown()),
})

/** The body of every PATCH. */
export const JsonPatch = Type.Array(JsonPatchOperation, { maxItems: 100 })
export type JsonPatch = Static<typeof JsonPatch>
