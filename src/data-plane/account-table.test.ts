import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccountId, Region } from '../aws/identifiers.ts'
import type { ApiKeyDeclaration } from '../snapshot/api-key-declaration.ts'
import type { VpcLinkDeclaration } from '../snapshot/vpc-link-declaration.ts'
import { createAccountTable } from './account-table.ts'

const place = {
  account: '000000000000' as AccountId,
  region: 'us-east-1' as Region,
  id: 'abc123',
}

function declaration(revision: number, targetArn = 'arn:one'): VpcLinkDeclaration {
  return { ...place, targetArns: [targetArn], revision }
}

function declared(link: VpcLinkDeclaration) {
  return { kind: 'declared', of: 'vpc-link', declaration: link } as const
}

function apiKey(value: string, revision: number): ApiKeyDeclaration {
  return { ...place, value, isEnabled: true, usagePlanIds: [], usagePlanDays: {}, revision }
}

describe('createAccountTable()', () => {
  test('findApiKey() knows a key by its newest value, in its own scope, until it is gone', () => {
    const table = createAccountTable()
    table.apply({ kind: 'declared', of: 'api-key', declaration: apiKey('first', 1) })
    assert.equal(table.findApiKey(place, 'first')?.revision, 1)
    assert.equal(table.findApiKey({ ...place, region: 'eu-west-1' as Region }, 'first'), undefined)
    table.apply({ kind: 'declared', of: 'api-key', declaration: apiKey('second', 2) })
    assert.equal(table.findApiKey(place, 'first'), undefined)
    assert.equal(table.findApiKey(place, 'second')?.revision, 2)
    table.apply({ kind: 'withdrawn', of: 'api-key', ...place, revision: 3 })
    assert.equal(table.findApiKey(place, 'second'), undefined)
  })

  test('find() takes no thing of another kind for it', () => {
    const table = createAccountTable()
    table.apply({ kind: 'declared', of: 'api-key', declaration: apiKey('value', 1) })
    assert.equal(table.find('vpc-link', place), undefined)
  })

  test('find() gives a link to its own account and region alone', () => {
    const table = createAccountTable()
    table.apply(declared(declaration(1)))
    assert.deepEqual(table.find('vpc-link', place), declaration(1))
    assert.equal(
      table.find('vpc-link', { ...place, account: '111111111111' as AccountId }),
      undefined,
    )
    assert.equal(table.find('vpc-link', { ...place, region: 'eu-west-1' as Region }), undefined)
    assert.equal(table.find('vpc-link', { ...place, id: 'other1' }), undefined)
  })

  test('apply() ignores what is older than what it has', () => {
    const table = createAccountTable()
    table.apply(declared(declaration(3, 'arn:new')))
    table.apply(declared(declaration(2, 'arn:old')))
    table.apply({ kind: 'withdrawn', of: 'vpc-link', ...place, revision: 1 })
    assert.deepEqual(table.find('vpc-link', place)?.targetArns, ['arn:new'])
  })

  test('apply() forgets a link that is removed, and all of them at a reset', () => {
    const table = createAccountTable()
    table.apply(declared(declaration(1)))
    table.apply({ kind: 'withdrawn', of: 'vpc-link', ...place, revision: 2 })
    assert.equal(table.find('vpc-link', place), undefined)
    table.apply(declared(declaration(3)))
    table.apply({ kind: 'reset' })
    assert.equal(table.find('vpc-link', place), undefined)
  })
})
