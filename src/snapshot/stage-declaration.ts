import type {
  AccountId,
  DefinitionHash,
  DeploymentId,
  Region,
  RestApiId,
  StageName,
} from '../aws/identifiers.ts'

/**
 * What a stage is, told to the data plane: references to definitions plus the stage's own settings.
 * Small plain JSON. A change of a variable or a setting is a new declaration that refers to the same
 * definition, so nothing is compiled again.
 */
export interface StageDeclaration {
  readonly account: AccountId
  readonly region: Region
  readonly restApiId: RestApiId
  readonly stageName: StageName
  /** Grows with every change of the stage; a receiver drops what is older than what it has. */
  readonly revision: number
  readonly deploymentId: DeploymentId
  readonly definitionHash: DefinitionHash
  readonly variables: Readonly<Record<string, string>>
  /** Keyed as AWS keys them: two escaped segments, such as `~1pets/GET`; the wildcard entry is `wildcardMethodKey`. */
  readonly methodSettings: Readonly<Record<string, MethodSetting>>
  readonly canary?: CanaryDeclaration
  readonly cacheClusterEnabled: boolean
  readonly cacheClusterSize?: string
  readonly clientCertificateId?: string
  readonly tracingEnabled: boolean
  readonly webAclArn?: string
  readonly accessLogSettings?: { readonly destinationArn?: string; readonly format?: string }
}

export interface CanaryDeclaration {
  readonly deploymentId: DeploymentId
  readonly definitionHash: DefinitionHash
  /** 0 to 100. */
  readonly percentTraffic: number
  /** Laid over the stage's variables. */
  readonly stageVariableOverrides: Readonly<Record<string, string>>
  readonly useStageCache: boolean
}

/** AWS's MethodSetting, complete: once an entry exists every member but the log level has a value. */
export interface MethodSetting {
  readonly metricsEnabled: boolean
  readonly loggingLevel?: 'OFF' | 'ERROR' | 'INFO'
  readonly dataTraceEnabled: boolean
  /** Requests; -1: not limited at this level. */
  readonly throttlingBurstLimit: number
  /** Requests per second; -1: not limited at this level. */
  readonly throttlingRateLimit: number
  readonly cachingEnabled: boolean
  readonly cacheTtlInSeconds: number
  readonly cacheDataEncrypted: boolean
  readonly requireAuthorizationForCacheControl: boolean
  readonly unauthorizedCacheControlHeaderStrategy:
    | 'FAIL_WITH_403'
    | 'SUCCEED_WITH_RESPONSE_HEADER'
    | 'SUCCEED_WITHOUT_RESPONSE_HEADER'
}

/** Key of the settings of every method that has none of its own. */
export const wildcardMethodKey = '*/*'
