import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { AddPermissionRequest } from '../../aws/models/lambda-types.ts'
import { ServiceError } from '../../aws/service-error.ts'
import { testLambda, type TestLambda } from '../../../test/support/lambda-context.ts'
import { aliases } from './aliases.ts'
import { functions } from './functions.ts'
import { permissions } from './permissions.ts'
import { versions } from './versions.ts'

const FunctionName = 'hello'
let lambda: TestLambda

const permission = (members: Partial<AddPermissionRequest> = {}): AddPermissionRequest => ({
  FunctionName,
  StatementId: 'api',
  Action: 'lambda:InvokeFunction',
  Principal: 'apigateway.amazonaws.com',
  ...members,
})
const add = (members: Partial<AddPermissionRequest> = {}) =>
  permissions.AddPermission(permission(members), lambda.context)

/** Of the last declaration that was published. */
function publishedPolicies() {
  const change = lambda.published.at(-1)
  assert.ok(change?.kind === 'function')
  return change.function.policies
}

/** For each test of this file: files of tests share a process. */
async function prepare(): Promise<void> {
  lambda = testLambda()
  await functions.CreateFunction(
    {
      FunctionName,
      Runtime: 'nodejs22.x',
      Role: 'arn:aws:iam::000000000000:role/run',
      Handler: 'index.handler',
      Code: { ZipFile: Buffer.from('PK') },
    },
    lambda.context,
  )
  await versions.PublishVersion({ FunctionName }, lambda.context)
  await aliases.CreateAlias({ FunctionName, Name: 'live', FunctionVersion: '1' }, lambda.context)
}

describe('AddPermission()', () => {
  beforeEach(prepare)

  test('tells the function plane, under the qualifier that was named', async () => {
    await add({
      Qualifier: 'live',
      SourceArn: 'arn:aws:execute-api:*',
      SourceAccount: '123456789012',
    })
    await add({ FunctionName: 'hello:1', Principal: '111122223333' })
    assert.deepEqual(publishedPolicies(), {
      live: [
        {
          sid: 'api',
          action: 'lambda:InvokeFunction',
          principal: { kind: 'service', service: 'apigateway.amazonaws.com' },
          sourceArn: 'arn:aws:execute-api:*',
          sourceAccount: '123456789012',
        },
      ],
      1: [
        {
          sid: 'api',
          action: 'lambda:InvokeFunction',
          principal: { kind: 'aws', arn: 'arn:aws:iam::111122223333:root' },
        },
      ],
    })
  })

  test('keeps what was there, and changes the code of no version', async () => {
    const before = lambda.published.at(-1)
    await add()
    await add({ StatementId: 'more' })
    const after = lambda.published.at(-1)
    assert.ok(before?.kind === 'function' && after?.kind === 'function')
    assert.deepEqual(
      publishedPolicies()['']?.map(({ sid }) => sid),
      ['api', 'more'],
    )
    assert.deepEqual(after.function.versions, before.function.versions)
    assert.ok(after.function.revision > before.function.revision)
  })

  for (const Qualifier of [undefined, '1', 'live']) {
    test(`changes the revision of ${Qualifier ?? 'the function'}, which GetPolicy tells`, async () => {
      const named = Qualifier === undefined ? {} : { Qualifier }
      const revision = async () =>
        (await permissions.GetPolicy({ FunctionName, ...named }, lambda.context)).RevisionId
      await add(named)
      const first = await revision()
      const known = first === undefined ? {} : { RevisionId: first }
      await add({ ...named, ...known, StatementId: 'second' })
      assert.notEqual(await revision(), first)
      await assert.rejects(add({ ...named, ...known, StatementId: 'third' }), {
        code: 'PreconditionFailedException',
      })
      const { Configuration } = await functions.GetFunction(
        { FunctionName, ...(Qualifier === 'live' ? {} : named) },
        lambda.context,
      )
      if (Qualifier !== 'live') assert.equal(Configuration?.RevisionId, await revision())
    })
  }

  test('takes principals by their form', async () => {
    const taken = [
      's3.amazonaws.com',
      'logs.us-east-1.amazonaws.com',
      'alexa-appkit.amazon.com',
      'arn:aws:iam::111122223333:root',
      'arn:aws:iam::111122223333:user/a/b',
      'arn:aws:sts::111122223333:assumed-role/a/b',
      '*',
    ]
    for (const [i, Principal] of taken.entries()) await add({ Principal, StatementId: `s${i}` })
    for (const Principal of [
      'example.com',
      '12345',
      'amazonaws.com',
      'arn:aws:s3:::bucket',
      '.*',
    ]) {
      await assert.rejects(add({ Principal, StatementId: 'bad' }), {
        code: 'InvalidParameterValueException',
      })
    }
  })

  test('warns of a grant that nobody can use', async () => {
    await add()
    assert.deepEqual(lambda.warnings, [])
    await add({ StatementId: 'org', Principal: '*', PrincipalOrgID: 'o-a1b2c3d4e5' })
    assert.deepEqual(lambda.warned, [
      {
        event: 'permission-allows-nobody',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
        sid: 'org',
        member: 'PrincipalOrgID',
      },
    ])
  })

  test('says whose mistake it was', async () => {
    await add()
    await assert.rejects(add(), (error: unknown) => {
      assert.ok(error instanceof ServiceError)
      assert.deepEqual(error.members, { Type: 'User' })
      return true
    })
  })

  test('publishes nothing that it refuses', async () => {
    const publishedCount = lambda.published.length
    await assert.rejects(add({ Principal: 'nobody' }))
    assert.equal(lambda.published.length, publishedCount)
  })
})

describe('RemovePermission()', () => {
  beforeEach(prepare)

  test('closes what it opened, and no other qualifier', async () => {
    await add()
    await add({ Qualifier: 'live' })
    const statement = { FunctionName, StatementId: 'api' }
    await permissions.RemovePermission({ ...statement, Qualifier: 'live' }, lambda.context)
    assert.deepEqual(Object.keys(publishedPolicies()), [''])
    await permissions.RemovePermission(statement, lambda.context)
    assert.deepEqual(publishedPolicies(), {})
  })

  test('takes the revision that GetPolicy told', async () => {
    await add({ Qualifier: 'live' })
    const named = { FunctionName, Qualifier: 'live' }
    const { RevisionId } = await permissions.GetPolicy(named, lambda.context)
    const statement = { ...named, StatementId: 'api' }
    await assert.rejects(
      permissions.RemovePermission({ ...statement, RevisionId: 'other' }, lambda.context),
      { code: 'PreconditionFailedException' },
    )
    await permissions.RemovePermission({ ...statement, RevisionId }, lambda.context)
    assert.deepEqual(publishedPolicies(), {})
  })
})

test('the policy of an alias goes with the alias', async () => {
  await prepare()
  await add({ Qualifier: 'live' })
  await aliases.DeleteAlias({ FunctionName, Name: 'live' }, lambda.context)
  assert.deepEqual(publishedPolicies(), {})
})
