import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testApiGateway } from '../../../../test/support/api-gateway-context.ts'
import { restApiId, seedStage, stageName } from '../../../../test/support/seeded-stage.ts'
import type { ApiGatewayContext } from '../context.ts'
import { keys } from '../records.ts'
import { stages } from '../stages/stages.ts'
import { clientCertificates } from './client-certificates.ts'
import { loadClientCertificates } from './load-client-certificates.ts'

async function generate(context: ApiGatewayContext): Promise<string> {
  const { clientCertificateId = '' } = await clientCertificates.GenerateClientCertificate(
    {},
    context,
  )
  return clientCertificateId
}

const present = (context: ApiGatewayContext, value: string) =>
  stages.UpdateStage(
    {
      ...{ restApiId, stageName },
      patchOperations: [{ op: 'replace', path: '/clientCertificateId', value }],
    },
    context,
  )

const loaded = async ({ store }: ApiGatewayContext) => {
  const found = []
  for await (const { id, privateKeyPem } of loadClientCertificates(store)) {
    found.push({ id, privateKeyPem })
  }
  return found
}

describe('GenerateClientCertificate', () => {
  test('tells the data plane of the key, and nobody else', async () => {
    const { context, published, warned } = testApiGateway()
    const answer = await clientCertificates.GenerateClientCertificate({}, context)
    const [change, ...rest] = published
    assert.deepEqual(rest, [])
    assert.ok(change?.kind === 'declared' && change.of === 'client-certificate')
    assert.equal(change.declaration.privateKeyPem, 'private key')
    const { clientCertificateId = '' } = answer
    const record = await context.store.get(
      keys.clientCertificate(context.scope, clientCertificateId),
    )
    assert.equal(change.declaration.revision, record?.revision)
    const ident = { clientCertificateId }
    const patchOperations = [{ op: 'replace', path: '/description', value: 'x' }] as const
    const shown = [
      answer,
      await clientCertificates.GetClientCertificate(ident, context),
      await clientCertificates.GetClientCertificates({}, context),
      await clientCertificates.UpdateClientCertificate({ ...ident, patchOperations }, context),
      warned,
    ]
    assert.doesNotMatch(JSON.stringify(shown), /private key/)
  })

  test('makes no more than the account may have, however they race', async () => {
    const { context } = testApiGateway({ quotas: { clientCertificates: 2 } })
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => generate(context)))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    assert.equal(refused.length, 1)
    assert.equal(refused[0]?.reason.code, 'LimitExceededException')
  })

  test('belongs to one account and region', async () => {
    const { context, seenFrom } = testApiGateway()
    const clientCertificateId = await generate(context)
    for (const other of [{ account: '111111111111' }, { region: 'eu-west-1' }]) {
      const elsewhere = seenFrom(other)
      await assert.rejects(
        clientCertificates.GetClientCertificate({ clientCertificateId }, elsewhere),
        { code: 'NotFoundException' },
      )
      await generate(elsewhere)
    }
    assert.equal((await loaded(context)).length, 3)
  })
})

describe('GetClientCertificates', () => {
  test('pages through all, each once', async () => {
    const { context } = testApiGateway()
    const made = await Promise.all([1, 2, 3, 4, 5].map(() => generate(context)))
    const seen: string[] = []
    let position: string | undefined
    do {
      const page = await clientCertificates.GetClientCertificates({ limit: 2, position }, context)
      seen.push(...page.items.map(({ clientCertificateId = '' }) => clientCertificateId))
      position = 'position' in page ? page.position : undefined
    } while (position !== undefined)
    assert.deepEqual(seen.toSorted(), made.toSorted())
  })
})

describe('DeleteClientCertificate', () => {
  test('withdraws the key, later than it was declared', async () => {
    const { context, published } = testApiGateway()
    const clientCertificateId = await generate(context)
    await clientCertificates.DeleteClientCertificate({ clientCertificateId }, context)
    const [declared, withdrawn] = published
    assert.ok(declared?.kind === 'declared' && withdrawn?.kind === 'withdrawn')
    assert.equal(withdrawn.id, clientCertificateId)
    assert.ok(withdrawn.revision > declared.declaration.revision)
    assert.deepEqual(await loaded(context), [])
  })

  test('never takes a certificate away from a stage that is being given it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { context } = testApiGateway({ seed: round + 1 })
      await seedStage(context)
      const clientCertificateId = await generate(context)
      const [given, deleted] = await Promise.allSettled([
        present(context, clientCertificateId),
        clientCertificates.DeleteClientCertificate({ clientCertificateId }, context),
      ])
      assert.notEqual(given.status, deleted.status)
    }
  })
})
