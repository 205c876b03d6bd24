import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createContentCoder } from '../../adapters/node/content-coder.ts'
import {
  definitionOf,
  snapshotOf,
  testApiId,
  testStageName,
} from '../../../test/support/compiled-stage.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../../test/support/recording-sinks.ts'
import { neverCalled, scriptedUpstream } from '../../../test/support/scripted-upstream.ts'
import { seededRandom } from '../../../test/support/seeded-random.ts'
import { emptyBody } from '../../base/body.ts'
import { buildResourceRouter } from '../../engines/resource-router.ts'
import type { ClosedSetting } from '../../snapshot/compiled-deployment.ts'
import type { StageSnapshot } from '../../snapshot/stage-snapshot.ts'
import { gatewayErrors } from '../gateway-error.ts'
import { createExecuteApi } from '../server.ts'

const proxy = { type: 'HTTP_PROXY', httpMethod: 'GET', uri: 'http://backend.example/' } as const
const open = snapshotOf({ definition: definitionOf({ integrations: { 'GET /pets': proxy } }) })

/** The open stage, closed by a setting of the whole API or of its one method. */
function closedStage(level: 'api' | 'method', closed: ClosedSetting): StageSnapshot {
  const { deployment } = open.base
  const entries = [...deployment.router.entries()].map((entry) => ({
    ...entry,
    value: { ...entry.value, closedBy: level === 'method' ? [closed] : [] },
  }))
  const closedBy = level === 'api' ? [closed] : []
  const router = buildResourceRouter(entries)
  return { ...open, base: { ...open.base, deployment: { ...deployment, router, closedBy } } }
}

const failures: readonly ClosedSetting['failsAs'][] = [
  'FORBIDDEN',
  'WAF_FILTERED',
  'ACCESS_DENIED',
  'MISSING_AUTHENTICATION_TOKEN',
  'UNAUTHORIZED',
  'INVALID_API_KEY',
  'BAD_REQUEST_PARAMETERS',
  'BAD_REQUEST_BODY',
]

describe('a closed setting', () => {
  for (const failsAs of failures) {
    for (const level of ['api', 'method'] as const) {
      test(`of the ${level} that fails as ${failsAs} lets nobody in and is named to the operator`, async () => {
        const log = recordingLog()
        const executeApi = createExecuteApi({
          stages: { find: () => closedStage(level, { setting: 'a setting', failsAs }) },
          upstream: scriptedUpstream(neverCalled),
          contentCoder: createContentCoder(),
          clock: standingClock(0),
          random: seededRandom(1),
          metrics: recordingMetrics(),
          log,
        })
        const response = await executeApi.respond(
          { method: 'GET', headers: [], body: emptyBody, sourceIp: '::1', signal: undefined },
          {
            restApiId: testApiId,
            stageName: testStageName,
            path: '/pets',
            contextPath: '/prod/pets',
            rawQuery: '',
          },
          'localhost',
        )
        assert.equal(response.status, gatewayErrors[failsAs].status)
        assert.ok(response.headers.includes(gatewayErrors[failsAs].errorType))
        assert.deepEqual(
          log.lines.map(({ event, fields }) => [event, fields['setting'], fields['answeredAs']]),
          [['method-closed', 'a setting', failsAs]],
        )
      })
    }
  }
})
