import type { Scope } from '../../../aws/identifiers.ts'
import type { ServiceError } from '../../../aws/service-error.ts'
import type { Transaction, TypedKey } from '../../transaction.ts'
import { getApiKey } from '../api-keys/api-key-records.ts'
import { getClientCertificate } from '../client-certificates/client-certificate-records.ts'
import { notFound, refusals } from '../errors.ts'
import { findRecord } from '../lookup.ts'
import { keys } from '../records.ts'
import type { RestApiRecord } from '../records.ts'
import { getUsagePlan } from '../usage-plans/usage-plan-records.ts'
import { getVpcLink } from '../vpc-links/vpc-link-records.ts'

/** Something that carries tags, found by its ARN. */
export interface TaggedResource {
  readonly tags: Readonly<Record<string, string>>
  /** Stores other tags in place of these. */
  replaceTags(tags: Readonly<Record<string, string>>): void
}

/** What AWS says of a thing of a kind that cannot be created here yet, so that none is there. */
const absentKinds: Readonly<Record<string, string>> = {
  domainnames: 'Invalid domain name identifier specified',
}

const arnPattern = /^arn:[\w-]+:apigateway:([\w-]+):(\d*):\/([a-z]+)\/(.+)$/

/**
 * Finds what an ARN names: an API, a stage of one, an API key, a usage plan, a client certificate, or
 * a VPC link.
 *
 * The account of these ARNs is empty; the region is the caller's own.
 *
 * @throws {ServiceError} BadRequestException for what is no ARN of API Gateway, NotFoundException for
 * what is not there.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
export async function getTaggedResource(
  tx: Transaction,
  scope: Scope,
  arn: string,
): Promise<TaggedResource> {
  const [, region, , kind = '', name = ''] = arnPattern.exec(arn) ?? []
  const id = region === scope.region ? name : ''
  if (kind === 'vpclinks') {
    return tagged(tx, keys.vpcLink(scope, id), await getVpcLink(tx, scope, id))
  }
  if (kind === 'clientcertificates') {
    const certificate = await getClientCertificate(tx, scope, id)
    return tagged(tx, keys.clientCertificate(scope, id), certificate)
  }
  if (kind === 'apikeys') return tagged(tx, keys.apiKey(scope, id), await getApiKey(tx, scope, id))
  if (kind === 'usageplans') {
    return tagged(tx, keys.usagePlan(scope, id), await getUsagePlan(tx, scope, id))
  }
  if (kind !== 'restapis') throw absenceOf(kind)
  const [restApiId = '', stages, stageName = '', ...rest] = name.split('/')
  if (stages !== undefined && (stages !== 'stages' || rest.length > 0)) throw refusals.arn()
  const api = await findRecord(tx, keys.restApi(scope, restApiId))
  if (api === undefined || region !== scope.region) throw refusals.apiNotFound(scope, restApiId)
  return stages === undefined
    ? taggedRestApi(tx, scope, api)
    : getTaggedStage(tx, scope, { restApiId, stageName })
}

function absenceOf(kind: string): ServiceError {
  const message = Object.hasOwn(absentKinds, kind) ? absentKinds[kind] : undefined
  return message === undefined ? refusals.arn() : notFound(message)
}

/** An API that lost its last tag shows an empty map; one that never had a tag shows none. */
function taggedRestApi(tx: Transaction, scope: Scope, api: RestApiRecord): TaggedResource {
  return {
    tags: api.tags ?? {},
    replaceTags: (tags) => tx.put(keys.restApi(scope, api.id), { ...api, tags }),
  }
}

/** What lost its last tag is as if it never had one. */
function tagged<Value extends { readonly tags?: Readonly<Record<string, string>> }>(
  tx: Transaction,
  key: TypedKey<Value>,
  record: Value,
): TaggedResource {
  const { tags = {}, ...untagged } = record
  return {
    tags,
    replaceTags(next) {
      // All members of the record but its tags, and those where there are any.
      const value = Object.keys(next).length === 0 ? untagged : { ...untagged, tags: next }
      tx.put<Value>(key, value as Value)
    },
  }
}

/** A stage without tags never shows any. */
async function getTaggedStage(
  tx: Transaction,
  scope: Scope,
  { restApiId, stageName }: { readonly restApiId: string; readonly stageName: string },
): Promise<TaggedResource> {
  const key = keys.stage(scope, restApiId, stageName)
  const stage = await findRecord(tx, key)
  if (stage === undefined) throw refusals.stageNotFound()
  const { tags = {}, ...untagged } = stage
  return {
    tags,
    replaceTags: (next) =>
      tx.put(key, Object.keys(next).length === 0 ? untagged : { ...untagged, tags: next }),
  }
}
