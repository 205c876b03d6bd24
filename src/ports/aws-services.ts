import type { SigningCredentials } from '../aws/sigv4-signing.ts'
import type { Upstream, UpstreamOrigin } from './upstream.ts'

/** Where calls of an AWS service go. */
export type AwsServiceEndpoint =
  /** AWS itself, at the address that it has for the service. */
  | { readonly kind: 'aws' }
  | {
      readonly kind: 'url'
      readonly origin: UpstreamOrigin
      /** Value of Host. */
      readonly host: string
      /** In front of every path; no slash at its end, empty when there is none. */
      readonly pathPrefix: string
    }
  /** This server, which runs the service itself. */
  | { readonly kind: 'own'; readonly upstream: Upstream }

/**
 * What the operator said about the AWS services that integrations call: where each is, and who signs for a
 * role. Roles themselves do not exist here, so a role acts when the operator said with what.
 *
 * Never changes while the server runs. Failure policy: none; what is not there is refused by whoever needs
 * it.
 */
export interface AwsServices extends AwsServicePlaces {
  findEndpoint(service: string): AwsServiceEndpoint | undefined
}

/** As much of them as tells whether a call could be made. */
export interface AwsServicePlaces {
  /** `service`: as the ARN of an integration names it, without a subdomain. */
  findEndpoint(service: string): Pick<AwsServiceEndpoint, 'kind'> | undefined
  /** `roleArn`: as an integration's `credentials` come to. */
  findCredentials(roleArn: string): SigningCredentials | undefined
}
