import { sha256Hex } from '../../aws/sha256.ts'
import { findActionTarget, publicEndpointOf, signingNameOf } from '../../aws/service-endpoint.ts'
import {
  encodeForUri,
  signRequest,
  type RequestToSign,
  type SigningCredentials,
} from '../../aws/sigv4-signing.ts'
import type { Body } from '../../base/body.ts'
import type { HeaderFields } from '../../base/header-fields.ts'
import { invariant } from '../../base/invariant.ts'
import { Secret } from '../../base/secret.ts'
import { queryParametersOf, type ServiceTarget } from '../../engines/service-uri.ts'
import type { AwsServiceEndpoint } from '../../ports/aws-services.ts'
import type { UpstreamOrigin } from '../../ports/upstream.ts'
import type { CompiledServiceCall } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { IntegrationRequest } from '../messages.ts'
import { integrationMethod } from './http-call.ts'
import { isMappedHeader, type MappedParameters } from './request-parameters.ts'

/** What a service is asked with. */
export interface ServiceRequestParts {
  readonly mapped: MappedParameters
  /** Undefined: a mapping sets it, or there is no content. */
  readonly contentType: string | undefined
  /** In memory: it is signed. */
  readonly body: Body
  readonly gateway: Pick<Gateway, 'awsServices' | 'clock'>
}

/**
 * The request to a service, complete and signed.
 *
 * Signed are Host, Content-Type and what begins with `x-amz-`; the rest is for whoever stands between to
 * change. Order and form of the query are those of the signature.
 *
 * @throws {GatewayError} API_CONFIGURATION_ERROR when the URI comes to no call, the service has no endpoint,
 * or nobody signs for the role.
 * Documented: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function serviceRequest(
  call: Call,
  integration: CompiledServiceCall,
  parts: ServiceRequestParts,
): IntegrationRequest {
  const target = targetOf(call, integration, parts)
  const place = placeOf(call, integration, parts)
  if (place.by !== undefined) refuseOtherPaths(parts.mapped)
  const method = integrationMethod(call, integration)
  const query = [...target.query, ...queryParametersOf(parts.mapped.rawQuery)]
  const { service } = integration.uri
  const path = encodedFor(service, `${place.pathPrefix}${target.path}`)
  const { bytes } = parts.body
  invariant(bytes !== undefined, 'what is signed is in memory')
  const fields = ownFields(call, { integration, parts, place, target })
  const signature = signRequest({
    ...{ method, path, query, credentials: place.credentials, region: place.signingRegion },
    ...(service === 's3' ? { canonicalPath: path } : {}),
    headers: [['host', place.host], ...signedFields(fields)],
    bodySha256: sha256Hex(bytes),
    service: signingNameOf(service),
    timeMs: parts.gateway.clock.nowMs(),
  })
  const rawQuery = query.map((pair) => pair.map(encodeForUri).join('=')).join('&')
  return {
    kind: 'http',
    through: undefined,
    by: place.by,
    upstream: {
      origin: place.origin,
      method,
      target: rawQuery === '' ? path : `${path}?${rawQuery}`,
      headers: ['Host', place.host, ...fields, ...signature.flat()],
      body: parts.body,
      timeoutMs: integration.timeoutMs,
      signal: call.incoming.signal,
    },
  }
}

/**
 * A value in the path of a call that this server answers itself, with the rights of the API's account,
 * stays within its segment: whoever sends the value chooses no other resource.
 */
function refuseOtherPaths({ pathParameters }: MappedParameters): void {
  for (const [name, value] of pathParameters) {
    if (!/[/\\]|%2f|%5c/i.test(value) && value !== '.' && value !== '..') continue
    throw configurationError(`the value of ${name} leaves its segment of the path`)
  }
}

type Target = Extract<ServiceTarget, { outcome: 'target' }>

function targetOf(
  { variant: { variables } }: Call,
  { uri }: CompiledServiceCall,
  { mapped }: ServiceRequestParts,
): Target {
  const target = uri.target(variables, mapped.pathParameters)
  if (target.outcome === 'target') return target
  throw configurationError(`Invalid endpoint address: ${target.detail}`)
}

/** Where a call goes, and who makes it. */
interface Place {
  readonly origin: UpstreamOrigin
  readonly host: string
  readonly pathPrefix: string
  readonly signingRegion: string
  readonly credentials: SigningCredentials
  readonly by: Extract<AwsServiceEndpoint, { kind: 'own' }>['upstream'] | undefined
}

function placeOf(
  call: Call,
  { uri, credentials }: CompiledServiceCall,
  { gateway: { awsServices } }: ServiceRequestParts,
): Place {
  const { partition, service, subdomain } = uri
  const endpoint = awsServices.findEndpoint(service)
  if (endpoint === undefined) {
    throw configurationError(
      `no endpoint is configured for AWS service ${service}; give one with --aws-endpoint ${service}=URL`,
    )
  }
  const region = uri.region === '' ? call.stage.declaration.region : uri.region
  const roleArn = credentials.expand(call.variant.variables, noPathParameters)
  if (endpoint.kind === 'own') {
    const by = endpoint.upstream
    const credentials = ownCredentials(call, roleArn)
    return { ...ownPlace, signingRegion: region, credentials, by }
  }
  const found = awsServices.findCredentials(roleArn)
  if (found === undefined) {
    throw configurationError(
      `nobody signs for role ${roleArn}; say whose credentials stand for it with --aws-role ${roleArn}=…`,
    )
  }
  const common = { credentials: found, by: undefined }
  const inFront = subdomain === undefined ? '' : `${subdomain}.`
  if (endpoint.kind === 'url') {
    const { origin, pathPrefix } = endpoint
    const host = `${inFront}${endpoint.host}`
    return { ...common, origin, host, pathPrefix, signingRegion: region }
  }
  const { hostname, signingRegion } = publicEndpointOf({ partition, region, service })
  const host = `${inFront}${hostname}`
  const origin = { protocol: 'https:', hostname: host, port: 443 } as const
  return { ...common, origin, host, pathPrefix: '', signingRegion }
}

const noPathParameters: ReadonlyMap<string, string> = new Map<string, string>([])

const ownPlace = Object.freeze({
  origin: Object.freeze({ protocol: 'http:', hostname: 'localhost', port: 80 } as const),
  host: 'localhost',
  pathPrefix: '',
})

/**
 * This server knows a caller by the account in the place of the access key. A role acts for its own account,
 * which has to be the API's: on AWS nobody passes a role of another.
 */
function ownCredentials(call: Call, roleArn: string): SigningCredentials {
  const { account } = call.stage.declaration
  const roleAccount = /^arn:[\w-]+:iam::(\d{12}):role\/./.exec(roleArn)?.[1]
  if (roleAccount === account) {
    return { accessKeyId: account, secretAccessKey: new Secret(account) }
  }
  throw configurationError(`${roleArn} is no role of account ${account}`)
}

/** Fields in front of the signature, those that mappings set behind the gateway's own. */
function ownFields(
  call: Call,
  given: {
    readonly integration: CompiledServiceCall
    readonly parts: ServiceRequestParts
    readonly place: Place
    readonly target: Target
  },
): HeaderFields {
  const { mapped, contentType, body } = given.parts
  const { declaration, userAgent } = call.stage
  const fields: string[] = []
  const addDefault = (name: string, value: string | undefined) => {
    if (value !== undefined && !isMappedHeader(mapped, name)) fields.push(name, value)
  }
  addDefault('Accept', 'application/json')
  addDefault('User-Agent', userAgent)
  addDefault('Content-Type', contentType)
  const { action } = given.target
  const { service } = given.integration.uri
  addDefault('X-Amz-Target', action === undefined ? undefined : findActionTarget(service, action))
  fields.push('X-Amz-Content-Sha256', sha256Hex(body.bytes ?? new Uint8Array(0)))
  fields.push('X-Amzn-Apigateway-Api-Id', declaration.restApiId)
  if (call.traceId !== undefined) fields.push('X-Amzn-Trace-Id', call.traceId)
  fields.push(...mapped.headers)
  return fields
}

function signedFields(fields: HeaderFields): RequestToSign['headers'] {
  const signed: (readonly [string, string])[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = (fields[i] ?? '').toLowerCase()
    if (name === 'content-type' || name.startsWith('x-amz-')) {
      signed.push([name, fields[i + 1] ?? ''])
    }
  }
  return signed
}

/** S3 signs the path as it is sent, so it is sent in the one form that a signature has. */
function encodedFor(service: string, path: string): string {
  if (service !== 's3') return path
  return path.split('/').map(decodedSegment).map(encodeForUri).join('/')
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function configurationError(text: string): GatewayError {
  return new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Execution failed due to configuration error: ${text}`,
  })
}
