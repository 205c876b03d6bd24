import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AccountId, Region } from '../aws/identifiers.ts'
import type { VpcLinkDeclaration } from '../snapshot/vpc-link-declaration.ts'
import { createVpcLinkTable } from './vpc-link-table.ts'

const place = {
  account: '000000000000' as AccountId,
  region: 'us-east-1' as Region,
  vpcLinkId: 'abc123',
}

function declaration(revision: number, targetArn = 'arn:one'): VpcLinkDeclaration {
  return { ...place, targetArns: [targetArn], revision }
}

describe('createVpcLinkTable()', () => {
  test('find() gives a link to its own account and region alone', () => {
    const table = createVpcLinkTable()
    table.apply({ kind: 'vpc-link', link: declaration(1) })
    assert.deepEqual(table.find(place), declaration(1))
    assert.equal(table.find({ ...place, account: '111111111111' as AccountId }), undefined)
    assert.equal(table.find({ ...place, region: 'eu-west-1' as Region }), undefined)
    assert.equal(table.find({ ...place, vpcLinkId: 'other1' }), undefined)
  })

  test('apply() ignores what is older than what it has', () => {
    const table = createVpcLinkTable()
    table.apply({ kind: 'vpc-link', link: declaration(3, 'arn:new') })
    table.apply({ kind: 'vpc-link', link: declaration(2, 'arn:old') })
    table.apply({ kind: 'vpc-link-removed', ...place, revision: 1 })
    assert.deepEqual(table.find(place)?.targetArns, ['arn:new'])
  })

  test('apply() forgets a link that is removed, and all of them at a reset', () => {
    const table = createVpcLinkTable()
    table.apply({ kind: 'vpc-link', link: declaration(1) })
    table.apply({ kind: 'vpc-link-removed', ...place, revision: 2 })
    assert.equal(table.find(place), undefined)
    table.apply({ kind: 'vpc-link', link: declaration(3) })
    table.apply({ kind: 'reset' })
    assert.equal(table.find(place), undefined)
  })
})
