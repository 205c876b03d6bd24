import type { VpcLinkTargetAddress, VpcLinkTargets } from '../../ports/vpc-link-targets.ts'

/** Addresses by the ARN of the target, as the operator gave them: plain values that a thread can be sent. */
export type ConfiguredVpcLinkTargets = Readonly<Record<string, VpcLinkTargetAddress>>

/** The port over what the operator gave. */
export function vpcLinkTargetsOf(configured: ConfiguredVpcLinkTargets): VpcLinkTargets {
  const targets = new Map(Object.entries(configured))
  return Object.freeze({ find: (targetArn: string) => targets.get(targetArn) })
}

/** An ARN as a load balancer has it; its names hold no `=`. */
const entryForm = /^(arn:[\w-]+:[\w-]+:[\w-]*:\d*:[^=\s]+)=(.+)$/

/** A name or an IPv4 address, or an IPv6 address in brackets, and perhaps a port. */
const addressForm = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/

/** What `--vpc-link-target` says: `ARN=host:port` or `ARN=host`; undefined when it says something else. */
export function parseVpcLinkTarget(
  entry: string,
): { readonly targetArn: string; readonly address: VpcLinkTargetAddress } | undefined {
  const [, targetArn, text] = entryForm.exec(entry) ?? []
  if (targetArn === undefined || text === undefined) return undefined
  const [, bracketed, name, portText] = addressForm.exec(text) ?? []
  const hostname = bracketed ?? name
  const port = portText === undefined ? undefined : Number(portText)
  if (hostname === undefined) return undefined
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined
  return { targetArn, address: Object.freeze({ hostname, port }) }
}
