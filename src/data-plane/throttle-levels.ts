import type { TokenBucket } from '../ports/counters.ts'
import { bucketSizeOf } from '../snapshot/bucket-size.ts'
import type { CompiledMethod } from '../snapshot/compiled-deployment.ts'
import { settingOf } from '../snapshot/setting-of.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import type { ThrottleLimits } from '../snapshot/usage-plan-declaration.ts'
import type { ApiCaller } from './call.ts'

/** A limit that a request is held to, and the bucket that it is counted in. */
export interface ThrottleLevel {
  readonly bucket: TokenBucket
  /** Whose limit it is, in words for the operator. */
  readonly origin: string
  /** A limit of 0: nobody is let in. */
  readonly isShut: boolean
}

/** What a request asks for. */
export interface ThrottledMethod {
  readonly stage: StageSnapshot
  readonly method: CompiledMethod
  readonly httpMethod: string
}

/**
 * The limits that a usage plan sets the owner of a key: of the method, and of everything that the plan opens.
 * The one does not replace the other.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 * Documented: https://repost.aws/questions/QUFD1EPj5dRYaYaqpNepE34A (the limit of the plan stays)
 */
export function planLevelsOf(
  { apiKey, usagePlan, planStage }: ApiCaller,
  { stage, method, httpMethod }: ThrottledMethod,
): readonly ThrottleLevel[] {
  const { account, region, restApiId, stageName } = stage.declaration
  const { resourcePath, methodKey } = method
  const { methodThrottles } = planStage
  const caller = `${account}/${region}/${usagePlan.id}/${apiKey.id}`
  const verb = verbOf(method, httpMethod)
  const place = `${resourcePath}/${verb}`
  const ofMethod = methodThrottles[place] ?? methodThrottles[`${resourcePath}/${methodKey}`]
  const who = `usage plan ${usagePlan.id} for API key ${apiKey.id}`
  return [
    ...levelOf(
      `plan-method/${caller}/${restApiId}/${stageName}${place}`,
      ofMethod,
      `${who} at ${verb} ${resourcePath}`,
    ),
    ...levelOf(`plan/${caller}`, usagePlan.throttle, who),
  ]
}

/**
 * The limit that a stage sets a method: its own, else that of all methods, which each method has for itself.
 * An ANY method has one for each verb.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function stageLevelOf({
  stage,
  method,
  httpMethod,
}: ThrottledMethod): readonly ThrottleLevel[] {
  const found = settingOf(stage, method, httpMethod)
  if (found === undefined) return []
  const { account, region, restApiId, stageName } = stage.declaration
  const { setting, key } = found
  const place = `${method.resourcePath}/${verbOf(method, httpMethod)}`
  return levelOf(
    `method/${account}/${region}/${restApiId}/${stageName}${place}`,
    { rateLimit: setting.throttlingRateLimit, burstLimit: setting.throttlingBurstLimit },
    `method settings ${key} of stage ${stageName}`,
  )
}

/** The limit of all APIs of an account in a region together. */
export function accountLevelOf(
  { stage }: ThrottledMethod,
  limits: ThrottleLimits,
): readonly ThrottleLevel[] {
  const { account, region } = stage.declaration
  return levelOf(
    `account/${account}/${region}`,
    limits,
    `account ${account} in ${region} (--quota accountThrottleRate, accountThrottleBurst)`,
  )
}

function verbOf({ methodKey }: CompiledMethod, httpMethod: string): string {
  return methodKey === 'ANY' ? httpMethod : methodKey
}

/** None where the limits limit nothing. */
function levelOf(
  key: string,
  limits: ThrottleLimits | undefined,
  origin: string,
): readonly ThrottleLevel[] {
  const size = limits && bucketSizeOf(limits)
  if (size === undefined) return []
  const isShut = size.ratePerSecond === 0 || size.burst === 0
  return [Object.freeze({ bucket: Object.freeze({ key, ...size }), origin, isShut })]
}
