import type { VersionFigures } from '../../function-plane/function-plane-figures.ts'
import type { FunctionsFigures } from './functions-figures.ts'
import type { PrometheusMetric } from '../operator/prometheus-text.ts'

/** What the thread that runs functions has counted, as Prometheus metrics. */
export function functionMetrics({
  plane,
  ...figures
}: FunctionsFigures): readonly PrometheusMetric[] {
  return [
    counter('invocations', 'Invocations of functions that were taken.', plane.invocations),
    counter('throttles', 'Invocations refused because of concurrency.', plane.throttles),
    counter('errors', 'Invocations that ended with an error of the function.', plane.errors),
    counter('cold_starts', 'Sandboxes started for an invocation.', plane.coldStarts),
    gauge('running', 'Invocations that run or wait for a sandbox.', plane.running),
    gauge('waiting', 'Invocations that wait for a sandbox.', plane.waiting),
    sandboxes(plane.versions),
    gauge(
      'events_held',
      'Asynchronous events that wait, run or will be tried again.',
      plane.events.held,
    ),
    counter('events_dropped', 'Asynchronous events given up.', plane.events.dropped),
    counter('events_refused', 'Asynchronous events that had no room.', plane.events.refused),
    counter(
      'log_dropped',
      "Lines of functions that did not get into the operator's log.",
      figures.droppedFunctionLines,
    ),
    {
      name: 'stagedoor_function_memory_mode',
      type: 'gauge',
      help: '1 for how memory of functions is limited: cgroup by the kernel, watch by looking at it.',
      samples: [{ labels: { mode: plane.memoryMode }, value: 1 }],
    },
  ]
}

const states = ['running', 'idle', 'starting'] as const

function sandboxes(versions: readonly VersionFigures[]): PrometheusMetric {
  const samples = versions.flatMap(({ account, region, functionName, version, ...counts }) =>
    states.map((state) => ({
      labels: { account, region, function: functionName, version, state },
      value: counts[state],
    })),
  )
  const help = 'Processes of the versions of functions.'
  return { name: 'stagedoor_function_sandboxes', type: 'gauge', help, samples }
}

function gauge(name: string, help: string, value: number): PrometheusMetric {
  return { name: `stagedoor_function_${name}`, type: 'gauge', help, samples: [{ value }] }
}

function counter(name: string, help: string, value: number): PrometheusMetric {
  const total = `stagedoor_function_${name}_total`
  return { name: total, type: 'counter', help, samples: [{ value }] }
}
