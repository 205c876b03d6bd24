import { badRequest, conflict, limitExceeded, notFound, quotaUsedUp, refusals } from '../errors.ts'
import type { RefusedOperation } from '../patches/patch-refusals.ts'

/** How refusals print a stage of a plan. */
export interface ApiStageName {
  readonly apiId: string
  readonly stage: string
}

/**
 * Every refusal of the operations on usage plans, in AWS's words where they are known. A text marked
 * `Chosen` is ours: docs/decisions/0039-api-keys-and-usage-plans.md.
 */
export const usagePlanRefusals = {
  /** Observed: https://github.com/getmoto/moto (test_usage_plans) */
  notFound: () => notFound('Invalid Usage Plan ID specified'),
  /** Chosen. */
  emptyName: refusals.emptyName,
  /** Chosen. */
  tooMany: () => limitExceeded(quotaUsedUp('Usage Plans', 'this account')),
  /** Chosen: docs/decisions/0007-custom-api-ids.md. */
  customIdTaken: (id: string) => conflict(`Another usage plan already has this id: ${id}`),
  /** Observed. */
  apiStage: () => badRequest('Invalid API Stage specified'),
  /** Observed: https://github.com/aws/aws-cdk/issues/6169 (the places are AWS's own, and stay empty) */
  apiStageOfNewPlan: () =>
    badRequest('Invalid API Stage {api: %s, stage: %s} specified for usageplan %s'),
  /** Observed. */
  apiStageNotFound: ({ apiId, stage }: ApiStageName, usagePlanId: string) =>
    notFound(
      `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${usagePlanId}`,
    ),
  /** Observed: https://github.com/aws/aws-sdk-js/issues/3841 */
  hasStages: (usagePlanId: string, { apiId, stage }: ApiStageName) =>
    badRequest(
      `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, ` +
        `including ${apiId}:${stage}`,
    ),
  /** Observed: https://github.com/boto/boto3/issues/2629 (the list of remove; two blanks are AWS's) */
  patchPath: ({ op, path }: RefusedOperation, paths: readonly string[]) =>
    badRequest(
      `Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [${paths.join(', ')}]`,
    ),

  /** Chosen. */
  throttleNumber: (member: string) =>
    badRequest(`Usage Plan throttle ${member} must be a number of at least 0, or -1 for none`),
  /** Chosen. */
  throttleMethod: (key: string) =>
    badRequest(`Invalid method specified for Usage Plan throttle: ${key}`),
  /** Chosen. */
  throttleMap: () =>
    badRequest('Usage Plan throttle of an API Stage must be a JSON object of limits by method'),
  /** Chosen. */
  quotaLimit: () => badRequest('Usage Plan quota limit must be at least 1'),
  /** Chosen. */
  quotaPeriod: () => badRequest('Usage Plan quota period must be one of: [DAY, WEEK, MONTH]'),
  /** Chosen, after what Terraform checks before it asks AWS. */
  quotaOffset: (period: 'DAY' | 'WEEK' | 'MONTH', offsetMax: number) =>
    badRequest(
      offsetMax === 0
        ? `Usage Plan quota offset must be zero in the ${period} period`
        : `Usage Plan quota offset must be between 0 and ${offsetMax} inclusive in the ${period} period`,
    ),

  /** Chosen. */
  keyType: () => badRequest('Invalid key type specified. Must be one of: [API_KEY]'),
  /** Chosen. */
  keyIsMember: (apiKeyId: string, usagePlanId: string) =>
    conflict(`API Key ${apiKeyId} is already in Usage Plan ${usagePlanId}`),
  /** Documented as a conflict; the text is chosen. */
  stageIsOpen: (apiKeyId: string, { apiId, stage }: ApiStageName, usagePlanId: string) =>
    conflict(
      `API Key ${apiKeyId} cannot be in two Usage Plans with the same API Stage: ` +
        `${apiId}:${stage} is in Usage Plan ${usagePlanId}, too`,
    ),
  /** Chosen. */
  tooManyPlansOfKey: () => limitExceeded(quotaUsedUp('Usage Plans', 'this API Key')),

  /** Observed: https://github.com/aws/aws-cli/issues/5344 */
  usageKeyNotFound: () => notFound('Invalid Key identifier specified'),
  /** Chosen. */
  usageDate: (member: string) => badRequest(`Invalid ${member} specified, must be yyyy-MM-dd`),
  /** Chosen. */
  usageOrder: () => badRequest('Invalid date range specified, startDate must not be after endDate'),
  /** Documented; the text is chosen. */
  usageRange: (daysMax: number) =>
    badRequest(`Invalid date range specified, it must not exceed ${daysMax} days`),
  /** Chosen. */
  noQuota: (usagePlanId: string) => badRequest(`Usage Plan ${usagePlanId} has no quota`),
  /** Chosen. */
  remaining: (value: string) =>
    badRequest(`Invalid remaining quota specified: ${value}, must be an integer of at least 0`),
} as const
