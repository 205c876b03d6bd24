/** Where the target of a VPC link is reached. */
export interface VpcLinkTargetAddress {
  /** A name or an address; an IPv6 address without brackets. */
  readonly hostname: string
  /** 1 to 65535. Undefined: the port of the integration's URI, as a load balancer listens on several. */
  readonly port: number | undefined
}

/**
 * The addresses that the operator gave for the targets of VPC links: an ARN names a load balancer inside a
 * network that only the operator knows.
 *
 * Never changes while the server runs. Failure policy: none; a target that is not there is refused by
 * whoever needs it.
 */
export interface VpcLinkTargets {
  find(targetArn: string): VpcLinkTargetAddress | undefined
}
