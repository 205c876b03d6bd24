import {
  wildcardMethodKey,
  type MethodSetting,
  type StageDeclaration,
} from './stage-declaration.ts'

/** A method as its settings name it. */
export interface MethodPlace {
  /** Template of the resource: `/pets/{petId}`. */
  readonly resourcePath: string
  readonly httpMethod: string
}

/**
 * The settings that a stage has for a method: its own entry, else that of all methods (`*` `/` `*`);
 * undefined when there is neither.
 *
 * A key is matched escaped, with its leading slash (`~1pets/GET`), as the console and the SDKs write it,
 * and without (`pets/GET`), as AWS stores what was sent unescaped.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
export function findMethodSetting(
  { methodSettings }: StageDeclaration,
  { resourcePath, httpMethod }: MethodPlace,
): MethodSetting | undefined {
  const escaped = resourcePath.replaceAll('~', '~0').replaceAll('/', '~1')
  return (
    methodSettings[`${escaped}/${httpMethod}`] ??
    methodSettings[`${resourcePath.slice(1)}/${httpMethod}`] ??
    methodSettings[wildcardMethodKey]
  )
}

/**
 * True when a limit of 0 lets no request at all through: the switch that closes a method, or a stage.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function isShutByThrottle(setting: MethodSetting | undefined): boolean {
  return setting?.throttlingRateLimit === 0 || setting?.throttlingBurstLimit === 0
}
