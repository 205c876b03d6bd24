import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { generatePages } from '../scripts/docs.ts'
import { apiGatewayTable } from '../src/aws/apigateway-model.ts'
import { frontEndErrors } from '../src/aws/front-end-errors.ts'
import { lambdaTable } from '../src/aws/lambda-model.ts'
import { servedSettings } from '../src/control-plane/apigateway/served-settings.ts'
import { allSettings, type SettingPlace } from '../src/control-plane/apigateway/settings.ts'

const root = new URL('../', import.meta.url)

describe('generated docs', () => {
  for (const { path, text } of generatePages()) {
    test(`${path} is what the tables say`, async () => {
      const committed = await readFile(new URL(path, root), 'utf8')
      assert.equal(committed, text, `${path} is stale: npm run docs`)
    })
  }

  /** The structures that a place of settings.ts speaks of. */
  const structuresOf: Readonly<Record<SettingPlace, readonly string[]>> = {
    API: ['RestApi', 'EndpointConfiguration'],
    method: ['Method', 'RequestValidator'],
    integration: ['Integration', 'IntegrationResponse'],
    stage: ['Stage', 'CanarySettings'],
    'method settings': ['MethodSetting'],
  }

  test('compatibility.md names every setting of an API, a stage and what is below them', () => {
    const named = new Set(
      servedSettings.flatMap(({ structure, members }) =>
        members.map((member) => `${structure}.${member}`),
      ),
    )
    for (const { where, setting } of allSettings()) {
      for (const word of setting.match(/\w+/g) ?? []) {
        for (const structure of structuresOf[where]) named.add(`${structure}.${word}`)
      }
    }
    const structures = [
      'RestApi',
      'Resource',
      'Method',
      'MethodResponse',
      'Model',
      'RequestValidator',
      'GatewayResponse',
      'Integration',
      'IntegrationResponse',
      'Deployment',
      'Stage',
      'CanarySettings',
      'MethodSetting',
    ]
    const members = structures.flatMap((structure) =>
      Object.keys(apiGatewayTable.structures[structure] ?? {}).map(
        (name) => `${structure}.${name}`,
      ),
    )
    assert.deepEqual(
      members.filter((member) => !named.has(member)),
      [],
    )
    const known = new Set(members)
    const strange = servedSettings.flatMap(({ structure, members: named }) =>
      named.filter((member) => !known.has(`${structure}.${member}`)),
    )
    assert.deepEqual(strange, [])
  })

  test('errors.md lists every code that the control plane answers', () => {
    const listed = new Set([
      ...Object.keys(frontEndErrors),
      ...Object.keys(apiGatewayTable.errors),
      ...Object.keys(lambdaTable.errors),
    ])
    const sources = globSync('src/{aws,control-plane}/**/*.ts', { cwd: root }).filter(
      (path) => !path.endsWith('.test.ts'),
    )
    for (const path of sources) {
      const text = readFileSync(new URL(path, root), 'utf8')
      for (const [, code = ''] of text.matchAll(/new ServiceError\(\s*'(\w+)'/g)) {
        assert.ok(listed.has(code), `${path}: ${code} is in no catalogue`)
      }
    }
  })
})
