import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { functionMetrics } from './function-metrics.ts'
import { prometheusText } from '../operator/prometheus-text.ts'

describe('functionMetrics()', () => {
  test('tells counts, what is alive of each version, and how memory is limited', () => {
    const scope = { account: '000000000000', region: 'us-east-1' }
    const text = prometheusText(
      functionMetrics({
        plane: {
          memoryMode: 'cgroup',
          ...{ invocations: 12, throttles: 3, errors: 2, coldStarts: 4, running: 5, waiting: 1 },
          events: { held: 6, dropped: 7, refused: 8 },
          versions: [
            { ...scope, functionName: 'greet', version: '1', running: 2, idle: 1, starting: 0 },
          ],
        },
        ...{ droppedFunctionLines: 9, droppedLogLines: 0, heapUsedBytes: 0 },
      }),
    )
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const place = 'account="000000000000",region="us-east-1",function="greet",version="1"'
    assert.deepEqual(lines, [
      'stagedoor_function_invocations_total 12',
      'stagedoor_function_throttles_total 3',
      'stagedoor_function_errors_total 2',
      'stagedoor_function_cold_starts_total 4',
      'stagedoor_function_running 5',
      'stagedoor_function_waiting 1',
      `stagedoor_function_sandboxes{${place},state="running"} 2`,
      `stagedoor_function_sandboxes{${place},state="idle"} 1`,
      `stagedoor_function_sandboxes{${place},state="starting"} 0`,
      'stagedoor_function_events_held 6',
      'stagedoor_function_events_dropped_total 7',
      'stagedoor_function_events_refused_total 8',
      'stagedoor_function_log_dropped_total 9',
      'stagedoor_function_memory_mode{mode="cgroup"} 1',
    ])
  })
})
