import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stageSettingsText } from './stages-settings.ts'

describe('stageSettingsText()', () => {
  test('prints a table for each deployment, and warns of what acts on nothing', () => {
    const methods = [
      {
        resourcePath: '/pets',
        httpMethod: 'GET',
        settings: {
          throttlingRateLimit: { value: 100, from: '~1pets/GET' },
          cachingEnabled: { value: false, from: 'default' },
        },
      },
    ]
    const text = stageSettingsText({
      deployments: [
        { deploymentId: 'dep001', isCanary: false, methods },
        { deploymentId: 'dep002', isCanary: true, methods: [] },
      ],
      unmatchedKeys: ['~1gone/GET'],
    })
    assert.equal(
      text,
      [
        'Deployment dep001',
        'METHOD     SETTING              VALUE  FROM',
        'GET /pets  throttlingRateLimit  100    ~1pets/GET',
        'GET /pets  cachingEnabled       false  default',
        '',
        'Canary deployment dep002',
        'METHOD  SETTING  VALUE  FROM',
        '',
        'warning: ~1gone/GET is no method of what the stage serves: its settings act on nothing',
        '',
      ].join('\n'),
    )
  })
})
