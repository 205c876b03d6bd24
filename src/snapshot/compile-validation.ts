import {
  type CompiledBodyValidator,
  compileBodyValidatorSteps,
} from '../engines/body-validator/body-validator.ts'
import type { ApiHead } from './definition-codec.ts'
import type {
  CompiledBodyModel,
  CompiledValidation,
  RequiredParameter,
} from './compiled-deployment.ts'
import type { MethodDefinition } from './definition.ts'

/** Compiles the validation of a method, in steps. */
export type ValidationCompiler = (
  method: MethodDefinition,
) => Generator<void, CompiledValidation | undefined, void>

/**
 * What the request validators of a deployment's methods have to look at. Undefined: nothing, because the
 * method has none, or one that the definition does not have (which closes the method), or one that finds
 * nothing to check.
 *
 * A model is compiled when the first method needs it; models with equal schemas are compiled once.
 *
 * `schemas`: name of a model → the text of its schema; it may still grow between two methods.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function createValidationCompiler(
  head: ApiHead,
  schemas: ReadonlyMap<string, string>,
): ValidationCompiler {
  const { restApiId, requestValidators } = head
  const compiledBySchema = new Map<string, CompiledBodyValidator>()
  const find = (reference: string) => schemas.get(modelNameOf(reference, restApiId) ?? '')
  function* compileModel(modelName: string): Generator<void, CompiledBodyModel, void> {
    const schema = schemas.get(modelName)
    if (schema === undefined) return Object.freeze({ modelName, compiled: missing })
    let compiled = compiledBySchema.get(schema)
    if (compiled === undefined) {
      compiled = yield* compileBodyValidatorSteps(schema, find)
      compiledBySchema.set(schema, compiled)
    }
    return Object.freeze({ modelName, compiled })
  }
  return function* compileValidation(method) {
    const { requestValidatorId = '', requestParameters = {}, requestModels = {} } = method
    if (!Object.hasOwn(requestValidators, requestValidatorId)) return undefined
    const validator = requestValidators[requestValidatorId]
    const required =
      validator?.validateRequestParameters === true ? requiredOf(requestParameters) : []
    const bodyModels = new Map<string, CompiledBodyModel>()
    if (validator?.validateRequestBody === true) {
      for (const [type, modelName] of Object.entries(requestModels)) {
        bodyModels.set(type.toLowerCase(), yield* compileModel(modelName))
      }
    }
    if (required.length === 0 && bodyModels.size === 0) return undefined
    return Object.freeze({ requiredParameters: Object.freeze(required), bodyModels })
  }
}

const missing: CompiledBodyValidator = Object.freeze({
  outcome: 'unusable',
  detail: 'the deployment has no such model',
})

/** How a schema names another model of its API. */
const reference =
  /^https:\/\/apigateway\.amazonaws\.com\/restapis\/([^/]+)\/models\/([a-zA-Z0-9]+)$/

function modelNameOf(text: string, restApiId: string): string | undefined {
  const [, api, name] = reference.exec(text) ?? []
  return api === restApiId ? name : undefined
}

const declared = /^method\.request\.(header|path|querystring)\.(.+)$/

/** In order of the declared names: headers, then path, then query. */
function requiredOf(parameters: Readonly<Record<string, boolean>>): RequiredParameter[] {
  return Object.keys(parameters)
    .filter((text) => parameters[text] === true)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((text) => {
      const [, location, name] = declared.exec(text) ?? []
      if (location === undefined || name === undefined) return []
      // The expression has no other location.
      return [Object.freeze({ location: location as RequiredParameter['location'], name })]
    })
}
