import type { AccountId } from '../../../aws/identifiers.ts'
import { parseServiceUri } from '../../../engines/service-uri.ts'
import type { AwsServicePlaces } from '../../../ports/aws-services.ts'
import { isServiceCall } from '../../../snapshot/compile-service-call.ts'
import type { ApiDefinition, IntegrationDefinition } from '../../../snapshot/definition.ts'

/** A method whose integration calls an AWS service, and what is missing for the call. */
export interface UnreachableService {
  /** `POST /orders` */
  readonly method: string
  /** A sentence for whoever deploys, and for the operator: it names the flag. */
  readonly reason: string
}

/**
 * The methods of a definition that call AWS services and could not: nobody said where the service is, or who
 * signs for the role. In order of path. What hangs on stage variables shows when a request comes.
 *
 * Chosen: docs/decisions/0033-aws-service-integrations.md
 */
export function* unreachableServices(
  { resources }: ApiDefinition,
  account: AccountId,
  services: AwsServicePlaces,
): Generator<UnreachableService> {
  for (const { path, methods } of resources) {
    for (const [httpMethod, { integration }] of Object.entries(methods)) {
      const reason = missingOf(integration, account, services)
      if (reason !== undefined) yield { method: `${httpMethod} ${path}`, reason }
    }
  }
}

function missingOf(
  { type, uri = '', credentials = '' }: IntegrationDefinition,
  account: AccountId,
  services: AwsServicePlaces,
): string | undefined {
  if (type !== 'AWS' || !isServiceCall(uri)) return undefined
  const service = parseServiceUri(uri)?.service
  if (service === undefined) return undefined
  const endpoint = services.findEndpoint(service)
  if (endpoint === undefined) {
    return (
      `No endpoint is configured for the AWS service ${service}; start the server with ` +
      `--aws-endpoint ${service}=URL, or ${service}=aws for AWS itself`
    )
  }
  // A variable stands for a part of it, or the identity of callers does, which is not run at all.
  if (!roleForm.test(credentials)) return undefined
  if (endpoint.kind === 'own') return missingOfOwn(credentials, account)
  if (services.findCredentials(credentials) !== undefined) return undefined
  return (
    `Nobody signs for the role ${credentials}; start the server with ` +
    `--aws-role ${credentials}=environment, whose credentials then stand for it`
  )
}

const roleForm = /^arn:[\w-]+:iam::\d{12}:role\/[^$]+$/

function missingOfOwn(roleArn: string, account: AccountId): string | undefined {
  if (roleArn.split(':')[4] === account) return undefined
  return `The role ${roleArn} is of another account than the API, which is of ${account}`
}
