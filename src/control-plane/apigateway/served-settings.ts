/**
 * The settings that are served as AWS serves them, by the structure of AWS's model that has them; the
 * others are rows of `settings.ts`. Together they name every member: docs/compatibility.md is made of
 * both, and a test sees that none is left out.
 */
export interface ServedSetting {
  /** Name of a structure of the model. */
  readonly structure: string
  readonly members: readonly string[]
  /** For the reader of the table: what it does here. */
  readonly note: string
}

/** Every setting that is enforced, or that has nothing to enforce. */
export const servedSettings: readonly ServedSetting[] = [
  {
    structure: 'RestApi',
    members: ['id', 'rootResourceId', 'createdDate'],
    note: 'The tag `_custom_id_` chooses the id.',
  },
  {
    structure: 'RestApi',
    members: ['apiStatus', 'apiStatusMessage', 'warnings'],
    note: 'Not answered: an API is available at once, and imports, which may warn, are not built.',
  },
  {
    structure: 'RestApi',
    members: ['name', 'description', 'version', 'tags'],
    note: 'They have no effect on requests.',
  },
  {
    structure: 'RestApi',
    members: ['minimumCompressionSize'],
    note: 'Answers are compressed with gzip or deflate; compressed requests are decompressed whatever it is.',
  },
  {
    structure: 'RestApi',
    members: ['apiKeySource'],
    note: 'HEADER looks for a key in x-api-key; AUTHORIZER has a row of its own.',
  },
  {
    structure: 'Resource',
    members: ['id', 'parentId', 'pathPart', 'path', 'resourceMethods'],
    note: 'Literal, `{variable}` and `{greedy+}` path parts, matched with the precedence of AWS.',
  },
  {
    structure: 'Method',
    members: ['httpMethod', 'operationName', 'methodResponses', 'methodIntegration'],
    note: '`ANY` stands for every verb that the resource does not have.',
  },
  {
    structure: 'Method',
    members: ['authorizerId', 'authorizationScopes'],
    note: 'They belong to an authorizationType, which closes the method.',
  },
  {
    structure: 'Method',
    members: ['requestParameters', 'requestModels'],
    note: 'Declared parameters may be mapped; a validator checks the required ones, and bodies by models.',
  },
  {
    structure: 'Model',
    members: ['id', 'name', 'description', 'contentType', 'schema'],
    note: 'JSON Schema draft-04, checked when it is stored; bodies are validated by it.',
  },
  {
    structure: 'RequestValidator',
    members: ['id', 'name', 'validateRequestParameters'],
    note: 'validateRequestBody needs requestModels of the method.',
  },
  {
    structure: 'GatewayResponse',
    members: [
      'responseType',
      'statusCode',
      'responseParameters',
      'responseTemplates',
      'defaultResponse',
    ],
    note: 'Every failure of a stage is shaped by them, but REQUEST_TOO_LARGE, which AWS does not let shape.',
  },
  {
    structure: 'MethodResponse',
    members: ['statusCode', 'responseParameters', 'responseModels'],
    note: 'A response may carry the headers that are declared; models describe and check nothing.',
  },
  {
    structure: 'Integration',
    members: ['type'],
    note: 'All five. AWS and AWS_PROXY call functions; other services have a row of their own.',
  },
  {
    structure: 'Integration',
    members: ['httpMethod', 'uri', 'timeoutInMillis', 'tlsConfig'],
    note: '`${stageVariables.name}` and `{name}` anywhere in a URI, the ARN of a function included.',
  },
  {
    structure: 'Integration',
    members: ['requestParameters', 'requestTemplates', 'passthroughBehavior'],
    note: 'Mapping expressions, JSONPath included; mapping templates of VTL.',
  },
  {
    structure: 'Integration',
    members: ['connectionType', 'connectionId', 'integrationTarget'],
    note: 'INTERNET, and VPC_LINK, which has a row of its own.',
  },
  {
    structure: 'Integration',
    members: ['integrationResponses', 'cacheNamespace'],
    note: 'Methods with one cache namespace share their entries.',
  },
  {
    structure: 'IntegrationResponse',
    members: ['statusCode', 'selectionPattern', 'responseParameters', 'responseTemplates'],
    note: "Java patterns over the whole status, or over a function's errorMessage; mapping templates of VTL.",
  },
  {
    structure: 'Deployment',
    members: ['id', 'description', 'createdDate', 'apiSummary'],
    note: 'A frozen copy of the API.',
  },
  {
    structure: 'Stage',
    members: ['stageName', 'deploymentId', 'createdDate', 'lastUpdatedDate', 'methodSettings'],
    note: 'Method settings have rows of their own.',
  },
  {
    structure: 'Stage',
    members: ['cacheClusterStatus'],
    note: 'Answered from the settings of the cache.',
  },
  {
    structure: 'CanarySettings',
    members: ['deploymentId', 'percentTraffic', 'stageVariableOverrides'],
    note: 'Requests are split by chance, each for itself.',
  },
]
