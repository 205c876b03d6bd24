import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseVpcLinkTarget, vpcLinkTargetsOf } from './vpc-link-targets.ts'

const arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/shop/50dc6c'

describe('parseVpcLinkTarget()', () => {
  for (const [text, hostname, port] of [
    ['10.0.0.7:8080', '10.0.0.7', 8080],
    ['nlb.internal', 'nlb.internal', undefined],
    ['shop_1:80', 'shop_1', 80],
    ['[::1]:65535', '::1', 65_535],
    ['[fe80::1]', 'fe80::1', undefined],
  ] as const) {
    test(`reads ${text}`, () => {
      assert.deepEqual(parseVpcLinkTarget(`${arn}=${text}`), {
        targetArn: arn,
        address: { hostname, port },
      })
    })
  }

  for (const entry of [
    arn,
    `${arn}=`,
    `=10.0.0.7:80`,
    `shop=10.0.0.7:80`,
    `${arn}=10.0.0.7:0`,
    `${arn}=10.0.0.7:65536`,
    `${arn}=::1`,
    `${arn}=http://10.0.0.7`,
    `${arn}=a b:80`,
    `${arn}=a=b`,
  ]) {
    test(`refuses ${entry}`, () => assert.equal(parseVpcLinkTarget(entry), undefined))
  }
})

test('vpcLinkTargetsOf() finds what was given and nothing that every object has', () => {
  const targets = vpcLinkTargetsOf({ [arn]: { hostname: 'a', port: 1 } })
  assert.deepEqual(targets.find(arn), { hostname: 'a', port: 1 })
  assert.equal(targets.find('constructor'), undefined)
})
