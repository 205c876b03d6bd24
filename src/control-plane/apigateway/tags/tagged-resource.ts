import type { Scope } from '../../../aws/identifiers.ts'
import type { ServiceError } from '../../../aws/service-error.ts'
import type { Transaction } from '../../transaction.ts'
import { notFound, refusals } from '../errors.ts'
import { findRecord } from '../lookup.ts'
import { keys } from '../records.ts'
import type { RestApiRecord } from '../records.ts'
import { getVpcLink } from '../vpc-links/vpc-link-records.ts'

/** Something that carries tags, found by its ARN. */
export interface TaggedResource {
  readonly tags: Readonly<Record<string, string>>
  /** Stores other tags in place of these. */
  replaceTags(tags: Readonly<Record<string, string>>): void
}

/** What AWS says of a thing of a kind that cannot be created here yet, so that none is there. */
const absentKinds: Readonly<Record<string, string>> = {
  apikeys: 'Invalid API Key identifier specified',
  usageplans: 'Invalid Usage Plan ID specified',
  clientcertificates: 'Invalid Client Certificate identifier specified',
  domainnames: 'Invalid domain name identifier specified',
}

const arnPattern = /^arn:[\w-]+:apigateway:([\w-]+):(\d*):\/([a-z]+)\/(.+)$/

/**
 * Finds what an ARN names: an API, a stage of one, or a VPC link.
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
  if (kind === 'vpclinks') return getTaggedVpcLink(tx, scope, { region, vpcLinkId: name })
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

/** A link that lost its last tag is one without tags. */
async function getTaggedVpcLink(
  tx: Transaction,
  scope: Scope,
  { region, vpcLinkId }: { readonly region: string | undefined; readonly vpcLinkId: string },
): Promise<TaggedResource> {
  const link = await getVpcLink(tx, scope, region === scope.region ? vpcLinkId : '')
  const { tags = {}, ...untagged } = link
  return {
    tags,
    replaceTags: (next) =>
      tx.put(
        keys.vpcLink(scope, link.id),
        Object.keys(next).length === 0 ? untagged : { ...untagged, tags: next },
      ),
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
