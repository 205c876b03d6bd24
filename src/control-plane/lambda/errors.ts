import { frontEndError } from '../../aws/front-end-errors.ts'
import { ServiceError } from '../../aws/service-error.ts'

/**
 * Every refusal that the operations on functions, versions and aliases answer, in AWS's words.
 *
 * `Observed` texts were recorded from AWS; their golden cases are in `test/cases/lambda/`. A text marked
 * `Chosen` is ours, because AWS's own is not known: docs/decisions/0020-lambda-where-aws-is-silent.md.
 */

/** Whose fault it is, as Lambda says in the body of almost every refusal. */
const byUser = { Type: 'User' } as const

/** 400: what the caller sent cannot be. */
function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', 400, message, byUser)
}

/** 404: what the caller named is not there. */
export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', 404, message, byUser)
}

/** 409: the name is taken, or something still refers to what shall go. */
export function conflict(message: string): ServiceError {
  return new ServiceError('ResourceConflictException', 409, message, byUser)
}

/** 412: what the caller knows is no longer so. */
function preconditionFailed(message: string): ServiceError {
  return new ServiceError('PreconditionFailedException', 412, message, byUser)
}

/** 400: what shall be invoked with cannot be read. */
function invalidContent(message: string): ServiceError {
  return new ServiceError('InvalidRequestContentException', 400, message, byUser)
}

/** Refusals by what is wrong. */
export const refusals = {
  /** Observed. `arn` is qualified where the caller's name was. */
  functionNotFound: (arn: string) => notFound(`Function not found: ${arn}`),
  /** Observed. */
  otherRegion: (named: string, own: string) =>
    notFound(`Functions from '${named}' are not reachable in this region ('${own}')`),
  /** Observed: the code and the status; AWS gives no text. */
  otherAccount: (named: string, own: string) =>
    frontEndError(
      'AccessDeniedException',
      `The function belongs to the account ${named}; the call is signed for ${own}`,
    ),
  /** Observed. */
  qualifierMismatch: () =>
    invalidParameter(
      'The derived qualifier from the function name does not match the specified qualifier.',
    ),
  /** Observed for reserved concurrency; Chosen for the others that have no qualifier. */
  qualifiedName: () =>
    invalidParameter(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support ' +
        'this operation. Please specify either a function name or an unqualified function ARN.',
    ),
  /** Observed. */
  longName: (name: string) =>
    invalidParameter(
      `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy ` +
        'constraint: Member must have length less than or equal to 64',
    ),
  /** Observed: https://github.com/hashicorp/terraform/issues/15929 */
  functionExists: (functionName: string) => conflict(`Function already exist: ${functionName}`),
  /** Observed. Of functions, versions and aliases alike. */
  staleRevision: () =>
    preconditionFailed(
      'The Revision Id provided does not match the latest Revision Id. ' +
        'Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    ),

  /** Observed: https://github.com/boto/boto3/issues/2705 */
  runtimeAndHandler: () =>
    invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ),
  /** Observed: https://github.com/awslabs/amazon-redshift-monitoring/pull/25 (its own runtimes) */
  unknownRuntime: (runtime: string, available: readonly string[]) =>
    invalidParameter(
      `Value ${runtime} at 'runtime' failed to satisfy constraint: ` +
        `Member must satisfy enum value set: [${available.join(', ')}] or be a valid ARN`,
    ),
  /** Chosen. `detail` is a sentence. */
  unavailableRuntime: (detail: string, available: readonly string[]) =>
    invalidParameter(`${detail} Available runtimes: ${available.join(', ') || 'none'}.`),
  /** Chosen. */
  refusedMember: (member: string, why: string) =>
    invalidParameter(`Stagedoor does not implement ${member}: ${why}`),
  /** Observed: https://github.com/neverendingqs/serverless-dotenv-plugin/issues/28 */
  reservedVariables: (names: readonly string[]) =>
    invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables ' +
        'you have provided contains reserved keys that are currently not supported for modification. ' +
        `Reserved keys used in this request: ${names.join(', ')}`,
    ),
  /** Observed. `measured`: the variables as JSON. */
  longEnvironment: (measured: string) =>
    invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables ' +
        `you have provided exceeded the 4KB limit. String measured: ${measured}`,
    ),
  /** Chosen. */
  architecturesCount: (architectures: readonly string[]) =>
    frontEndError(
      'ValidationException',
      `1 validation error detected: Value '[${architectures.join(', ')}]' at 'architectures' ` +
        'failed to satisfy constraint: Member must have length ' +
        (architectures.length === 0 ? 'greater than or equal to 1' : 'less than or equal to 1'),
    ),

  /** Observed: https://github.com/boto/boto3/issues/2705 */
  noCode: () => invalidParameter('Please provide a source for function code.'),
  /** Chosen. */
  manyCodes: () =>
    invalidParameter(
      'Please do not provide other FunctionCode parameters when providing a ZipFile.',
    ),
  /** Observed. */
  imageForZip: () =>
    invalidParameter(
      "Please don't provide ImageUri when updating a function with packageType Zip.",
    ),
  /** Observed: recorded without `Type`. */
  zipTooLarge: (bytesMax: number) =>
    frontEndError(
      'RequestEntityTooLargeException',
      `Zipped size must be smaller than ${bytesMax} bytes`,
    ),
  /** Observed. */
  unzippedTooLarge: (bytesMax: number) =>
    invalidParameter(`Unzipped size must be smaller than ${bytesMax} bytes`),
  /** Observed: https://github.com/aws-samples/aws-rds-snapshot-management/issues/4 */
  noZip: () =>
    invalidParameter(
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ),
  /** Observed. */
  noSuchBucket: () =>
    invalidParameter(
      'Error occurred while GetObject. S3 Error Code: NoSuchBucket. ' +
        'S3 Error Message: The specified bucket does not exist',
    ),
  /** Chosen. */
  noSuchFolder: (path: string) =>
    invalidParameter(
      'Error occurred while GetObject. S3 Error Code: NoSuchKey. ' +
        `S3 Error Message: ${JSON.stringify(path)} is no folder of the server's machine; ` +
        'the key of the bucket hot-reload is the absolute path of one',
    ),

  /** Chosen. */
  folderNotFrozen: (path: string, detail: string) =>
    invalidParameter(
      `The folder ${JSON.stringify(path)} cannot be kept as a version of the function: ${detail}`,
    ),

  /** Observed. */
  manyLayers: () => invalidParameter('Cannot reference more than 5 layers.'),
  /** Observed. */
  layerNotFound: (arn: string) => invalidParameter(`Layer version ${arn} does not exist.`),
  /** Observed. */
  layerRegion: (region: string) =>
    invalidParameter(
      'Layers are not in the same region as the function. ' +
        `Layers are expected to be in region ${region}.`,
    ),
  /** Observed. */
  layerTwice: (first: string, second: string) =>
    invalidParameter(
      'Two different versions of the same layer are not allowed to be referenced in the same ' +
        `function. ${first} and ${second} are versions of the same layer.`,
    ),
  /** Observed. */
  layerVersionNumber: () => invalidParameter('Layer Version Cannot be less than 1'),
  /** Chosen. */
  otherLayer: (arn: string) =>
    frontEndError(
      'AccessDeniedException',
      `The layer ${arn} is not of the account and the region that the call is signed for`,
    ),
  /** Chosen. */
  noLayerContent: () => invalidParameter('Please provide a source for the content of the layer.'),
  /** Chosen. */
  manyLayerContents: () =>
    invalidParameter('Please do not provide other Content parameters when providing a ZipFile.'),
  /** Observed, with AWS's own runtimes of then. `value`: a list is in brackets. */
  unknownCompatibleRuntime: (
    { member, value }: { readonly member: string; readonly value: string },
    known: readonly string[],
  ) =>
    frontEndError(
      'ValidationException',
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ` +
        `Member must satisfy enum value set: [${known.join(', ')}]`,
    ),
  /** Chosen. */
  tooManyCompatible: (
    { member, items }: { readonly member: string; readonly items: readonly string[] },
    max: number,
  ) =>
    frontEndError(
      'ValidationException',
      `1 validation error detected: Value '[${items.join(', ')}]' at '${member}' ` +
        `failed to satisfy constraint: Member must have length less than or equal to ${max}`,
    ),
  /** Observed: https://github.com/lambci/git-lambda-layer/issues/27 */
  layersTooLarge: (bytes: number, bytesMax: number) =>
    invalidParameter(
      'Function code combined with layers exceeds the maximum allowed size of ' +
        `${bytesMax} bytes. The actual size is ${bytes} bytes.`,
    ),

  /** Observed. */
  codeSha256: (named: string, own: string) =>
    invalidParameter(
      `CodeSHA256 (${named}) is different from current CodeSHA256 in $LATEST (${own}). ` +
        'Please try again with the CodeSHA256 in $LATEST.',
    ),
  /** Observed. */
  deleteLatest: () =>
    invalidParameter('$LATEST version cannot be deleted without deleting the function.'),
  /** Observed: https://github.com/localstack/localstack/pull/11366 */
  deleteByAlias: () => invalidParameter('Deletion of aliases is not currently supported.'),
  /** Observed: https://github.com/karl-cardenas-coding/go-lambda-cleanup/issues/45 */
  versionHasAliases: (aliases: readonly string[]) =>
    conflict(
      `Unable to delete version because the following aliases reference it: [${aliases.join(', ')}]`,
    ),

  /** Observed. */
  aliasExists: (arn: string) => conflict(`Alias already exists: ${arn}`),
  /** Observed: of GetAlias. */
  aliasArnNotFound: (arn: string) => notFound(`Cannot find alias arn: ${arn}`),
  /** Observed: of UpdateAlias. */
  aliasNotFound: (arn: string) => notFound(`Alias not found: ${arn}`),
  /** Observed. */
  manyWeights: () =>
    invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1'),
  /** Observed. */
  sameVersion: (version: string) =>
    invalidParameter(
      `Invalid function version ${version}. ` +
        `Function version ${version} is already included in routing configuration.`,
    ),
  /** Observed: recorded without `Type`. */
  weightedLatest: () =>
    new ServiceError(
      'InvalidParameterValueException',
      400,
      '$LATEST is not supported for an alias pointing to more than 1 version',
    ),

  /** Observed. */
  policyOfLatest: () =>
    invalidParameter('We currently do not support adding policies for $LATEST.'),
  /** Observed. */
  statementExists: (sid: string) =>
    conflict(
      `The statement id (${sid}) provided already exists. ` +
        'Please provide a new statement id, or remove the existing statement.',
    ),
  /** Observed. */
  principal: () =>
    invalidParameter(
      'The provided principal was invalid. Please check the principal and try again.',
    ),
  /** Observed: https://github.com/RJPearson94/terraform-aws-open-next/issues/73 */
  functionUrlAuthType: () =>
    invalidParameter('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action'),
  /** Observed: https://github.com/scribd/terraform-aws-datadog/pull/61 */
  policyTooLong: (bytes: number, bytesMax: number) =>
    new ServiceError(
      'PolicyLengthExceededException',
      400,
      `The final policy size (${bytes}) is bigger than the limit (${bytesMax}).`,
      byUser,
    ),
  /** Observed: of AddPermission. */
  stalePolicyRevision: () =>
    preconditionFailed(
      'The Revision Id provided does not match the latest Revision Id. ' +
        'Call the GetPolicy API to retrieve the latest Revision Id',
    ),
  /** Observed: of GetPolicy. */
  noPolicy: () => notFound('The resource you requested does not exist.'),
  /** Observed: of RemovePermission. */
  noPolicyOfResource: () => notFound('No policy is associated with the given resource.'),
  /** Observed: of RemovePermission. `arn` is not qualified. */
  noPolicyOfFunction: (arn: string) => notFound(`No policy found for: ${arn}`),
  /** Observed. */
  statementNotFound: (sid: string) => notFound(`Statement ${sid} is not found in resource policy.`),

  /** Observed: https://github.com/boto/boto3/issues/2153 */
  clientContext: () => invalidContent('Client context must be a valid Base64-encoded JSON object.'),
  /** Chosen. */
  longClientContext: (bytesMax: number) =>
    invalidContent(`Client context must be no longer than ${bytesMax} bytes.`),
  /** Observed: https://github.com/pelmers/streetwarp-web/issues/14 (the API documents another code). */
  payloadTooLarge: (bytesMax: number) =>
    frontEndError(
      'RequestEntityTooLargeException',
      `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`,
    ),
  /** Chosen: what follows AWS's beginning. */
  payloadNotText: () =>
    invalidContent(
      'Could not parse request body into json: Could not parse payload into json: Invalid UTF-8',
    ),
  /** Observed: https://github.com/milliHQ/terraform-aws-next-js/issues/251, without `Type`. */
  unreservedConcurrency: (min: number) =>
    new ServiceError(
      'InvalidParameterValueException',
      400,
      "Specified ReservedConcurrentExecutions for function decreases account's " +
        `UnreservedConcurrentExecution below its minimum value of [${min}].`,
    ),

  /** Chosen. */
  marker: () => invalidParameter('The marker is not one that this list has given.'),
  /** Chosen. */
  tagKey: (key: string) =>
    invalidParameter(
      `Invalid tag key: ${key}. Tag keys are 1 to 128 letters, digits, blanks and + - = . _ : / @, ` +
        'and do not begin with aws:',
    ),
  /** Chosen. */
  tagValue: (value: string) =>
    invalidParameter(
      `Invalid tag value: ${value}. ` +
        'Tag values are at most 256 letters, digits, blanks and + - = . _ : / @',
    ),
  /** Observed. */
  tooManyTags: () => invalidParameter('Number of tags exceeds resource tag limit.'),
  /** Observed. */
  noTags: () => invalidParameter('An error occurred and the request cannot be processed.'),
  /** Observed: https://github.com/localstack/localstack (test_tag_versions) */
  qualifiedTags: () =>
    invalidParameter(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    ),
  /** Observed: of GetLayerVersion. Chosen: of what may be tagged and is not there. */
  noSuchResource: () => notFound('The resource you requested does not exist.'),
} as const
