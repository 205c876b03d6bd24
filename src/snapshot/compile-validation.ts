import type { ApiHead } from './definition-codec.ts'
import type { CompiledValidation, RequiredParameter } from './compiled-deployment.ts'
import type { MethodDefinition } from './definition.ts'

/**
 * What a method's request validator has to look at. Undefined: nothing, because the method has none, or
 * one that the definition does not have (which closes the method), or one that finds nothing to check.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function compileValidation(
  method: MethodDefinition,
  { requestValidators }: ApiHead,
): CompiledValidation | undefined {
  const { requestValidatorId = '', requestParameters = {}, requestModels = {} } = method
  if (!Object.hasOwn(requestValidators, requestValidatorId)) return undefined
  const validator = requestValidators[requestValidatorId]
  const required =
    validator?.validateRequestParameters === true ? requiredOf(requestParameters) : []
  const bodyTypes =
    validator?.validateRequestBody === true
      ? Object.keys(requestModels).map((type) => type.toLowerCase())
      : []
  if (required.length === 0 && bodyTypes.length === 0) return undefined
  return Object.freeze({
    requiredParameters: Object.freeze(required),
    bodyTypes: Object.freeze(bodyTypes),
  })
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
