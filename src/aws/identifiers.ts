import type { Brand } from '../base/brand.ts'

export type AccountId = Brand<string, 'AccountId'>
export type Region = Brand<string, 'Region'>
export type RestApiId = Brand<string, 'RestApiId'>
export type ResourceId = Brand<string, 'ResourceId'>
export type DeploymentId = Brand<string, 'DeploymentId'>
export type StageName = Brand<string, 'StageName'>
/** Lower-case hexadecimal SHA-256 of a stored definition. */
export type DefinitionHash = Brand<string, 'DefinitionHash'>

/** Characters of a region's name; the longest of AWS's has 14. Chosen. */
const regionCharactersMax = 64

/**
 * Whether a text has the form of a region's name: `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`. AWS
 * adds regions, so that none is unknown here.
 */
export function isRegion(text: string): text is Region {
  return text.length <= regionCharactersMax && /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)
}

/** Where state lives on AWS and here: an account in a region. */
export interface Scope {
  readonly account: AccountId
  readonly region: Region
}

/** The verbs that a method may have; ANY stands for all of them. */
export const methodNames = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const

/** The verbs that ANY stands for. Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html */
export type MethodName = (typeof methodNames)[number]
export type MethodKey = MethodName | 'ANY'
