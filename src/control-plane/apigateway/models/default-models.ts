import type { RestApiId } from '../../../aws/identifiers.ts'
import { sha256Hex } from '../../../aws/sha256.ts'
import type { ModelRecord } from '../records.ts'

const idCharacters = 6

const samples: readonly Omit<ModelRecord, 'id'>[] = [
  {
    name: 'Empty',
    description: 'This is a default empty schema model',
    contentType: 'application/json',
    schema: [
      '{',
      '  "$schema": "http://json-schema.org/draft-04/schema#",',
      '  "title" : "Empty Schema",',
      '  "type" : "object"',
      '}',
    ].join('\n'),
  },
  {
    name: 'Error',
    description: 'This is a default error schema model',
    contentType: 'application/json',
    schema: [
      '{',
      '  "$schema" : "http://json-schema.org/draft-04/schema#",',
      '  "title" : "Error Schema",',
      '  "type" : "object",',
      '  "properties" : {',
      '    "message" : { "type" : "string" }',
      '  }',
      '}',
    ].join('\n'),
  },
]

/**
 * The models that every new API has, Empty and Error, with the ids that they have in this one. The same
 * for every call, so that an API whose models were never stored shows what it will store.
 *
 * Observed: management/get-models-of-a-new-api
 */
export function defaultModels(restApiId: RestApiId): readonly ModelRecord[] {
  return samples.map((sample) => {
    const seed = new TextEncoder().encode(`${restApiId}/${sample.name}`)
    return { id: sha256Hex(seed).slice(0, idCharacters), ...sample }
  })
}
