/** One metric: its samples share a name, a type and a sentence. */
export interface PrometheusMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: readonly PrometheusSample[]
}

/** `suffix` is `_bucket`, `_sum` or `_count` of a histogram. */
export interface PrometheusSample {
  readonly suffix?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

/** Content-Type of the text. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8'

/** Metrics in Prometheus's text format, version 0.0.4. */
export function prometheusText(metrics: readonly PrometheusMetric[]): string {
  return metrics.map(metricText).join('')
}

function metricText({ name, type, help, samples }: PrometheusMetric): string {
  const lines = samples.map(
    ({ suffix = '', labels, value }) =>
      `${name}${suffix}${labelText(labels)} ${numberText(value)}\n`,
  )
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: PrometheusSample['labels']): string {
  const entries = Object.entries(labels ?? {})
  if (entries.length === 0) return ''
  return `{${entries.map(([name, value]) => `${name}="${escapeLabel(value)}"`).join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf'
  return Number.isNaN(value) ? 'NaN' : String(value)
}
