import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prometheusText } from './prometheus-text.ts'

test('prometheusText() writes a metric with its labels escaped', () => {
  const text = prometheusText([
    {
      name: 'x_total',
      type: 'counter',
      help: 'What it counts.',
      samples: [{ labels: { stage: 'a"b\\c\nd' }, value: 3 }],
    },
    {
      name: 'y',
      type: 'histogram',
      help: 'How long.',
      samples: [
        { suffix: '_bucket', labels: { le: '+Inf' }, value: 1 },
        { suffix: '_sum', value: 0.5 },
      ],
    },
  ])
  assert.equal(
    text,
    '# HELP x_total What it counts.\n# TYPE x_total counter\nx_total{stage="a\\"b\\\\c\\nd"} 3\n' +
      '# HELP y How long.\n# TYPE y histogram\ny_bucket{le="+Inf"} 1\ny_sum 0.5\n',
  )
})
