import type { DefinitionHash, MethodKey } from '../aws/identifiers.ts'
import { startResourceRouter } from '../engines/resource-router.ts'
import { closedByApi, closedByMethod } from './closed-settings.ts'
import { compileCacheKey } from './compile-cache-key.ts'
import { compileGatewayResponses } from './compile-gateway-responses.ts'
import { createIntegrationCompiler, type IntegrationCompiler } from './compile-integration.ts'
import { createValidationCompiler, type ValidationCompiler } from './compile-validation.ts'
import type { CompiledDeployment, CompiledMethod } from './compiled-deployment.ts'
import {
  type ApiHead,
  DefinitionFormatError,
  definitionLines,
  encodeDefinition,
  hashDefinition,
} from './definition-codec.ts'
import type { ApiDefinition, ResourceDefinition } from './definition.ts'

/**
 * Makes a definition ready to run, at once. All that can be parsed is parsed here, so nothing of it can
 * fail later; what this version cannot run is compiled to a method that says so (`NotRunIntegration`).
 *
 * Pure: equal definitions compile to equal deployments.
 *
 * @throws {DefinitionFormatError} when the definition has another format.
 */
export function compileDeployment(definition: ApiDefinition): CompiledDeployment {
  const bytes = encodeDefinition(definition)
  const steps = compileDeploymentSteps(bytes, hashDefinition(bytes))
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/**
 * The same from a stored definition, in steps of one resource or of a part of a model: whoever calls may
 * pause between any two.
 *
 * `hash` names the bytes and is not checked against them.
 *
 * @throws {DefinitionFormatError} when the bytes are no definition, or one of another format.
 */
export function* compileDeploymentSteps(
  bytes: Uint8Array,
  hash: DefinitionHash,
): Generator<void, CompiledDeployment, void> {
  const lines = definitionLines(bytes)
  const head = readHead(lines)
  const router = startResourceRouter<CompiledMethod>()
  // Models come before resources.
  const schemas = new Map<string, string>()
  const parts = {
    head,
    compileIntegration: createIntegrationCompiler(head),
    compileValidation: createValidationCompiler(head, schemas),
  }
  for (const line of lines) {
    yield
    if (line.kind === 'model') schemas.set(line.name, line.model.schema)
    if (line.kind !== 'resource') continue
    for (const value of yield* compileMethods(line.resource, parts)) {
      router.add({ path: value.resourcePath, methodKey: value.methodKey, value })
    }
  }
  return Object.freeze({
    definitionHash: hash,
    restApiId: head.restApiId,
    apiName: head.name,
    router: router.build(),
    gatewayResponses: compileGatewayResponses(head.gatewayResponses),
    disableExecuteApiEndpoint: head.disableExecuteApiEndpoint,
    minimumCompressionSize: head.minimumCompressionSize,
    closedBy: closedByApi(head),
  })
}

function readHead(lines: ReturnType<typeof definitionLines>): ApiHead {
  const first = lines.next()
  if (first.done !== true && first.value.kind === 'api') return first.value.head
  throw new DefinitionFormatError('definition is empty')
}

function* compileMethods(
  { resourceId, path, methods }: ResourceDefinition,
  {
    head,
    compileIntegration,
    compileValidation,
  }: {
    readonly head: ApiHead
    readonly compileIntegration: IntegrationCompiler
    readonly compileValidation: ValidationCompiler
  },
): Generator<void, readonly CompiledMethod[], void> {
  const compiled: CompiledMethod[] = []
  for (const [methodKey, method] of Object.entries(methods)) {
    const definition = method.integration
    const integration = yield* compileIntegration(definition)
    compiled.push(
      Object.freeze({
        resourceId,
        resourcePath: path,
        // A definition's methods have no other keys.
        methodKey: methodKey as MethodKey,
        operationName: method.operationName,
        apiKeySource: method.apiKeyRequired ? head.apiKeySource : undefined,
        closedBy: closedByMethod(method, head),
        validation: yield* compileValidation(method),
        integration,
        cacheKey: compileCacheKey({ resourceId, definition, compiled: integration }),
      }),
    )
  }
  return compiled
}
