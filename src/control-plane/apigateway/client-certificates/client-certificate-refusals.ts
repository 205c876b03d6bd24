import { badRequest, limitExceeded, notFound, quotaUsedUp } from '../errors.ts'

/**
 * Every refusal of the operations on client certificates. No text of AWS's is on record: they are ours, in
 * the form of its neighbours. Chosen: docs/decisions/0041-client-certificates.md
 */
export const clientCertificateRefusals = {
  /** Chosen. */
  notFound: () => notFound('Invalid Client Certificate identifier specified'),
  /** Chosen. Where a stage or a test is told to use one. */
  missing: () => badRequest('Invalid Client Certificate identifier specified'),
  /** Chosen. `stages`: `a1b2c3/prod`. */
  inUse: (id: string, stages: readonly string[]) =>
    badRequest(
      `Cannot delete client certificate '${id}', is referenced in stages: ${stages.join(', ')}`,
    ),
  /** Chosen. */
  tooMany: () => limitExceeded(quotaUsedUp('Client Certificates', 'this account')),
} as const
