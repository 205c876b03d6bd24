import { modelSchemaBytesMax } from '../../../aws/limits.ts'
import { readModelSchema } from '../../../engines/model-schema.ts'
import { refusals } from '../errors.ts'
import { modelNameOf } from './model-references.ts'

/**
 * Checks the name of a new model.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: management/create-model-empty-name, management/create-model-name-with-a-dot
 */
export function checkModelName(name: string): void {
  if (name === '') throw refusals.modelNameEmpty()
  if (!/^[a-zA-Z0-9]+$/.test(name)) throw refusals.modelName(name)
}

/**
 * Checks a model's schema and gives the names of the other models that it refers to, each once.
 *
 * @throws {ServiceError} BadRequestException for a schema that is absent, no JSON Schema draft-04 or above
 * 400 KB, and for a reference that means no model of this API.
 * Observed: management/create-model-*-schema
 */
export function modelNamesIn(schema: string | undefined, restApiId: string): readonly string[] {
  if (schema === undefined || schema === '') throw refusals.modelSchemaEmpty()
  if (new TextEncoder().encode(schema).length > modelSchemaBytesMax) throw refusals.modelSize()
  const read = readModelSchema(schema)
  if (read.outcome === 'invalid') throw refusals.modelSchema(read.unsupported)
  return read.references.map((reference) => {
    const name = modelNameOf(reference, restApiId)
    if (name === undefined) throw refusals.modelReference(reference)
    return name
  })
}
