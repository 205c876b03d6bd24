import { upstreamContract } from '../../../test/contracts/upstream.ts'
import { makeCertificate } from '../../../test/support/certificates.ts'
import { createUndiciUpstream } from './undici-upstream.ts'

const differences = { sendsFieldsVerbatim: false, skips100: false, keepsAfterHead: false } as const

upstreamContract('the undici upstream over TCP', { create: createUndiciUpstream, ...differences })

upstreamContract('the undici upstream over TLS', {
  create: createUndiciUpstream,
  tls: makeCertificate({
    subject: 'backend',
    issuer: makeCertificate({ subject: 'Private authority', isAuthority: true }),
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
  }),
  ...differences,
})
