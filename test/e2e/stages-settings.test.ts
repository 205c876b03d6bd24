import { UpdateStageCommand } from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { publishProxy, startLocalGateway } from '../support/local-gateway.ts'
import { apiGatewayClient } from '../support/running-gateway.ts'

const main = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'src', 'main.ts')

function printSettings(url: string, ...words: readonly string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', main, 'stages', 'settings', ...words]
    execFile(process.execPath, [...args, '--url', url], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

describe('stagedoor stages settings', () => {
  test('prints what acts on each method, and warns of keys that are no method', async () => {
    const gateway = await startLocalGateway()
    try {
      const client = apiGatewayClient(gateway.url)
      await publishProxy(client, { authority: '127.0.0.1:9' })
      const patchOperations = [
        { op: 'replace', path: '/~1/GET/throttling/rateLimit', value: '12.5' },
        { op: 'replace', path: '/~1gone/GET/metrics/enabled', value: 'true' },
        { op: 'replace', path: '/canarySettings/percentTraffic', value: '10' },
      ] as const
      const place = { restApiId: 'proxy12345', stageName: 'prod' }
      await client.send(new UpdateStageCommand({ ...place, patchOperations: [...patchOperations] }))
      const warned = gateway.lines.filter(({ event }) => event === 'method-setting-of-no-method')
      assert.deepEqual(
        warned.map(({ fields }) => fields['key']),
        ['~1gone/GET'],
      )
      const { code, stdout } = await printSettings(gateway.url, 'proxy12345', 'prod')
      assert.equal(code, 0)
      assert.match(stdout, /^Deployment \w+\nMETHOD +SETTING +VALUE +FROM\n/)
      assert.match(stdout, /^GET \/ +throttlingRateLimit +12\.5 +~1\/GET$/m)
      assert.match(stdout, /^Canary deployment \w+$/m)
      assert.match(stdout, /^warning: ~1gone\/GET is no method/m)
      const { stdout: text } = await printSettings(gateway.url, 'proxy12345', 'prod', '--json')
      const report = JSON.parse(text)
      assert.deepEqual(report.unmatchedKeys, ['~1gone/GET'])
      assert.equal(report.deployments[0].methods[0].settings.throttlingRateLimit.value, 12.5)
      const unknown = await printSettings(gateway.url, 'proxy12345', 'beta')
      assert.deepEqual(
        [unknown.code, unknown.stderr],
        [1, 'stagedoor: there is no stage beta of API proxy12345\n'],
      )
    } finally {
      await gateway.close()
    }
  })
})
