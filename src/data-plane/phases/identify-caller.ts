import { findLastField } from '../../base/header-fields.ts'
import type { UsagePlanDeclaration } from '../../snapshot/usage-plan-declaration.ts'
import type { ApiCaller, Call, Route } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'

/**
 * Whose key a request came with, and by which usage plan the key opens the stage. Undefined: the method
 * requires none, and a key that came nevertheless is neither checked nor charged; or the key would come of
 * an authorizer, which closes the method.
 *
 * @throws {GatewayError} INVALID_API_KEY when there is no key, no such key, it is disabled, or none of its
 * usage plans has the stage.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 * Observed: cases/rest/api-keys
 */
export function identifyCaller(
  call: Call,
  { value: { apiKeySource } }: Route,
  { accounts }: Pick<Gateway, 'accounts'>,
): ApiCaller | undefined {
  if (apiKeySource !== 'HEADER') return undefined
  const value = apiKeyOf(call)
  if (value === undefined) throw invalidApiKey('the request has no x-api-key header')
  const apiKey = accounts.findApiKey(call.stage.declaration, value)
  if (apiKey === undefined) throw invalidApiKey('no API key has the value of x-api-key')
  if (!apiKey.isEnabled) throw invalidApiKey(`API key ${apiKey.id} is disabled`)
  const { account, region } = apiKey
  for (const id of apiKey.usagePlanIds) {
    const usagePlan = accounts.find('usage-plan', { account, region, id })
    if (usagePlan === undefined) continue
    const planStage = stageOf(usagePlan, call)
    if (planStage !== undefined) return { apiKey, usagePlan, planStage }
  }
  const { restApiId, stageName } = call.stage.declaration
  throw invalidApiKey(
    `no usage plan of API key ${apiKey.id} has the stage ${restApiId}/${stageName}`,
  )
}

/** The key that a request was sent with; undefined: none was. */
export function apiKeyOf({ incoming }: Call): string | undefined {
  return findLastField(incoming.headers, 'x-api-key')
}

function stageOf(
  { apiStages }: UsagePlanDeclaration,
  { stage }: Call,
): ApiCaller['planStage'] | undefined {
  const { restApiId, stageName } = stage.declaration
  return apiStages.find((each) => each.restApiId === restApiId && each.stageName === stageName)
}

function invalidApiKey(detail: string): GatewayError {
  return new GatewayError('INVALID_API_KEY', { detail })
}
