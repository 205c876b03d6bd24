/**
 * Every quota of AWS that Stagedoor keeps and every bound of its own, with unit and source. What an
 * operator may change (`--quota name=value`) is in `defaultQuotas`; the rest is fixed.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const defaultQuotas = {
  /** Objects. */
  regionalApis: 600,
  edgeApis: 120,
  privateApis: 600,
  resourcesPerApi: 300,
  stagesPerApi: 10,
  stageVariablesPerStage: 100,
  tagsPerResource: 50,
  vpcLinks: 20,
  documentationPartsPerApi: 2_000,
  clientCertificates: 60,
  apiKeys: 10_000,
  usagePlans: 300,
  usagePlansPerApiKey: 10,
  /** Requests per second, and requests. */
  accountThrottleRate: 10_000,
  accountThrottleBurst: 5_000,
  /** Milliseconds. */
  integrationTimeoutMs: 29_000,
} as const

export type QuotaName = keyof typeof defaultQuotas
export type Quotas = Readonly<Record<QuotaName, number>>

/** Bytes of a request body, and of a response body held in memory; over: 413. */
export const payloadBytesMax = 10_485_760
/** Bytes of all header names, values and the request line (regional and edge). */
export const headerBytesMax = 20_480
/** Chosen: bytes of the header names and values that mappings, templates or a function give an answer. */
export const responseHeaderBytesMax = 20_480
/** Characters of a URL (regional). */
export const urlCharactersMax = 10_240
/** Characters of a stage variable's name. */
export const stageVariableNameCharactersMax = 64
/** Characters of a stage variable's value. */
export const stageVariableValueCharactersMax = 512
/** Entries of a page of a management list when the caller does not say. */
export const pageEntriesDefault = 25
/** The most entries of a page of a management list. */
export const pageEntriesMax = 500
/** Chosen: bytes of a management request's body. AWS imports definitions of up to 6 MB. */
export const managementBodyBytesMax = 6_291_456
/** Bytes of a request of Lambda's management API: a zip in base64 and what is around it. Observed. */
export const lambdaBodyBytesMax = 70_167_211
/** Chosen: levels of objects and arrays in the JSON of a management request. AWS's inputs need 5. */
export const managementJsonDepthMax = 64
/** Chosen: values in that JSON. A patch of all settings of a full API has three in each of its operations. */
export const managementJsonValuesMax = 150_000
/** Chosen: members of a map or a structure in it. Limits for each method of a full API are 2,100. */
export const managementJsonMembersMax = 5_000
/** Chosen: characters of JSON that is a text within it: variables of a stage, limits, content of documentation. */
export const jsonTextCharactersMax = 524_288
/** Chosen: entries of a list of texts that an API or a method keeps, such as binary media types. AWS names no bound. */
export const listEntriesMax = 1_000
/** Chosen: columns of a file of API keys, of which five mean something. */
export const importedColumnsMax = 100
/** Chosen: fields of a file of API keys, empty lines and each plan of a key among them: ten to a key. */
export const importedFieldsMax = 100_000
/** Characters of a stage's name. */
export const stageNameCharactersMax = 128
/** Bytes of a stage's access log format. */
export const accessLogFormatBytesMax = 3_072
/** Chosen: entries of a stage's method settings, ten for each method of a full API. AWS names no bound. */
export const methodSettingsPerStageMax = 5_000
/** Chosen: characters of the resource path and verb that a method setting is kept under. */
export const methodSettingKeyCharactersMax = 2_048
/** Chosen: operations of one patch request: all settings of all methods of a full API fit. */
export const patchOperationsMax = 25_000
/** Bytes of a mapping template (300 KB). */
export const mappingTemplateBytesMax = 307_200
/** Bytes of a model's schema (400 KB). */
export const modelSchemaBytesMax = 409_600
/** Bytes of an API's resource policy. */
export const resourcePolicyBytesMax = 8_192
/** The most that `minimumCompressionSize` may be, in bytes. */
export const minimumCompressionBytesMax = 10_485_760
/** The least that an integration's `timeoutInMillis` may be; the most is a quota. */
export const integrationTimeoutMsMin = 50
/** The most that `timeoutInMillis` may be when the response is streamed: 15 minutes. */
export const streamTimeoutMsMax = 900_000

/**
 * How long a streamed response of a regional or private API may stand still, in milliseconds.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export const regionalStreamIdleMs = 300_000

/** The same of an edge-optimized API. */
export const edgeStreamIdleMs = 30_000
/** The fewest characters of an API key's value. */
export const apiKeyValueCharactersMin = 20
/** The most. */
export const apiKeyValueCharactersMax = 128
/** Characters of a value that is made. */
export const generatedApiKeyCharacters = 40
/** Characters of an API key's name. */
export const apiKeyNameCharactersMax = 1_024
/** Characters of an API key's description. */
export const apiKeyDescriptionCharactersMax = 125_000
/**
 * Days that GetUsage looks back.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-create-usage-plans-with-console.html
 */
export const usageDaysMax = 90
/** Days of usage that are kept: those that GetUsage tells, and the month before, which says what was left then. */
export const usageDaysKept = usageDaysMax + 32
/** Characters of a tag's key. */
export const tagKeyCharactersMax = 128
/** Characters of a tag's value. */
export const tagValueCharactersMax = 256
/** Characters of a function's name. */
export const functionNameCharactersMax = 64
/**
 * Bytes of a zip that comes with a request. The limits of Lambda.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const zippedCodeBytesMax = 52_428_800
/** Bytes of a function's code and its layers, unzipped. */
export const unzippedCodeBytesMax = 262_144_000
/** Bytes of a function's environment variables as JSON (4 KB). */
export const environmentBytesMax = 4_096
/** Layers of a function. */
export const layersPerFunctionMax = 5
/**
 * Runtimes that a layer says to be compatible with.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
 */
export const layerRuntimesMax = 15
/** Architectures that a layer says to be compatible with. */
export const layerArchitecturesMax = 2
/** Bytes of all code of an account in a region: 75 GB. Told, not kept: the disk is the limit. */
export const storedCodeBytesMax = 80_530_636_800
/** Bytes of the resource policy of a function, a version or an alias. */
export const functionPolicyBytesMax = 20_480
/** Bytes of a payload that a function is invoked with, and of one that it answers (6 MB). */
export const functionPayloadBytesMax = 6_291_456
/** Bytes of an invocation's client context, in base64. */
export const clientContextBytesMax = 3_583
/** Invocations at a time of an account in a region. */
export const accountConcurrencyMax = 1_000
/** What the reservations of an account's functions leave to the others at least. */
export const unreservedConcurrencyMin = 100
/** Entries of a page of one of Lambda's lists. */
export const lambdaPageEntriesMax = 50
