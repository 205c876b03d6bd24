import { describe } from 'node:test'
import { upstreamAddressContract } from './upstream-addresses.ts'
import { upstreamClientCertificateContract } from './upstream-client-certificates.ts'
import { upstreamConnectionContract } from './upstream-connections.ts'
import { upstreamDisorderContract } from './upstream-disorder.ts'
import { upstreamFailureContract } from './upstream-failures.ts'
import { upstreamRequestContract } from './upstream-requests.ts'
import { upstreamResponseContract } from './upstream-responses.ts'
import type { UpstreamUnderTest } from './upstream-setting.ts'

/** Every sentence of the `Upstream` port, as tests against backends that send scripted bytes. */
export function upstreamContract(name: string, subject: UpstreamUnderTest): void {
  describe(name, () => {
    upstreamRequestContract(subject)
    upstreamResponseContract(subject)
    upstreamConnectionContract(subject)
    upstreamAddressContract(subject)
    upstreamClientCertificateContract(subject)
    upstreamFailureContract(subject)
    upstreamDisorderContract(subject)
  })
}
