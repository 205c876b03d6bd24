import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createContentCoder } from '../adapters/node/content-coder.ts'
import { definitionOf, snapshotOf } from '../../test/support/compiled-stage.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../test/support/recording-sinks.ts'
import { neverCalled, scriptedUpstream } from '../../test/support/scripted-upstream.ts'
import { seededRandom } from '../../test/support/seeded-random.ts'
import type { DefinitionHash, DeploymentId } from '../aws/identifiers.ts'
import { emptyBody } from '../base/body.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import { createAccountTable } from './account-table.ts'
import { createCacheFlights } from './cache-flights.ts'
import { createCachedAnswers } from './cached-response.ts'
import { startCall } from './call.ts'
import { createChargeBook } from './charge-book.ts'
import { createContentMemory } from './content-memory.ts'
import type { Gateway } from './gateway.ts'
import { longTasksHere } from './long-tasks-here.ts'
import { createOperatorNotices } from './operator-notices.ts'
import { traceIdOf } from './trace-id.ts'

const definition = definitionOf({ integrations: {} })

function gatewayOf(random = seededRandom(7)): Gateway {
  const clock = standingClock(1_700_000_000_123)
  const log = recordingLog()
  return {
    upstream: scriptedUpstream(neverCalled),
    contentCoder: createContentCoder(),
    longTasks: longTasksHere(),
    contentMemory: createContentMemory(),
    accounts: createAccountTable(),
    awsServices: { findEndpoint: () => undefined, findCredentials: () => undefined },
    vpcLinkTargets: { find: () => undefined },
    functions: { invoke: () => Promise.resolve({ outcome: 'timeout' }) },
    clock,
    stageClock: clock,
    random,
    metrics: recordingMetrics(),
    log,
    notices: createOperatorNotices({ log, clock }),
    requestTraces: undefined,
    counters: undefined,
    charges: createChargeBook({ rateLimit: undefined, burstLimit: undefined }),
    caches: undefined,
    cacheFlights: createCacheFlights(clock),
    cachedAnswers: createCachedAnswers(),
  }
}

function start(
  headers: readonly string[],
  stage = snapshotOf({ definition }),
  gateway = gatewayOf(),
) {
  const incoming = {
    method: 'POST',
    path: '/',
    contextPath: '/prod',
    rawQuery: '',
    headers,
    body: emptyBody,
    sourceIp: '192.0.2.7',
    host: 'localhost',
    signal: undefined,
  }
  return startCall(incoming, stage, gateway)
}

function canaryStage(percentTraffic: number): StageSnapshot {
  return snapshotOf({
    definition,
    canaryDefinition: definition,
    declaration: {
      canary: {
        deploymentId: 'dep002' as DeploymentId,
        definitionHash: 'hash-2' as DefinitionHash,
        percentTraffic,
        stageVariableOverrides: {},
        useStageCache: false,
      },
    },
  })
}

describe('startCall()', () => {
  test('gives ids of AWS’s form', () => {
    const call = start([])
    assert.match(call.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    assert.match(call.extendedRequestId, /^[A-Za-z0-9+/]{15}=$/)
  })

  test('takes a client’s request id in any case, and only a UUID', () => {
    const uuid = '7B6F1A52-9f4b-4a7e-8a38-0d1c5a4e3b21'
    assert.equal(start(['X-AMZN-REQUESTID', uuid]).requestId, uuid)
    const replaced = start(['x-amzn-requestid', `${uuid}x`]).requestId
    assert.match(replaced, /^[0-9a-f-]{36}_REPLACED_INVALID_REQUEST_ID$/)
    assert.match(start(['x-amzn-requestid', '']).requestId, /_REPLACED_INVALID_REQUEST_ID$/)
  })

  test('reads the overridden method, whatever its case', () => {
    assert.equal(start(['x-http-method-override', 'patch']).httpMethod, 'PATCH')
    assert.equal(start(['X-HTTP-Method-Override', '']).httpMethod, 'POST')
    assert.equal(start([]).httpMethod, 'POST')
  })

  test('sends a canary the share of requests that it is given', () => {
    const gateway = gatewayOf()
    for (const percentTraffic of [0, 0.5, 10, 50, 100]) {
      const stage = canaryStage(percentTraffic)
      let canaryCount = 0
      const draws = 20_000
      for (let i = 0; i < draws; i += 1) {
        if (start([], stage, gateway).variant.isCanary) canaryCount += 1
      }
      const share = (canaryCount / draws) * 100
      assert.ok(Math.abs(share - percentTraffic) < 1.5, `${percentTraffic}: ${share}`)
      if (percentTraffic === 0) assert.equal(canaryCount, 0)
      if (percentTraffic === 100) assert.equal(canaryCount, draws)
    }
  })

  test('draws nothing for a stage without a canary', () => {
    const random = { ...seededRandom(1), fraction: () => assert.fail('drawn') }
    assert.equal(start([], snapshotOf({ definition }), gatewayOf(random)).variant.isCanary, false)
  })
})

describe('traceIdOf()', () => {
  test('makes a root of the time and 96 random bits', () => {
    const traceId = traceIdOf(start([]), seededRandom(3))
    assert.match(traceId, /^Root=1-6553f100-[0-9a-f]{24}$/)
  })

  test('keeps the client’s', () => {
    const call = start(['x-amzn-trace-id', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'])
    const random = { ...seededRandom(1), uuid: () => assert.fail('made') }
    assert.equal(traceIdOf(call, random), 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1')
  })
})
