import { patchRow, setEntry, type Draft, type PatchRow } from '../patches/patch-operations.ts'
import { booleanValue, doubleValue, noValue, textValue } from '../patches/patch-value-types.ts'
import type { CanaryRecord, StageRecord } from '../records.ts'
import { getDeploymentNamed, type StagePatchEnvironment } from './stage-patch-environment.ts'
import { stageRefusals } from './stage-refusals.ts'
import { checkStageVariable } from './stage-validation.ts'

/** The canary of a draft, made if there is none: on the stage's own deployment, without traffic. */
function canaryOf(draft: Draft<StageRecord>): Draft<CanaryRecord> {
  draft.canarySettings ??= {
    deploymentId: draft.deploymentId,
    percentTraffic: 0,
    useStageCache: false,
  }
  return draft.canarySettings
}

/**
 * Rows of UpdateStage for a canary and its promotion. A canary comes into being with the first member
 * that is set; removing one that is not there is no error.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/update-canary-deployment.html
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/promote-canary-deployment.html
 * Observed: update-stage/canary-created-by-percent-traffic.json and its neighbours
 */
export const canaryRows: readonly PatchRow<StageRecord, StagePatchEnvironment>[] = [
  patchRow({
    path: '/canarySettings/deploymentId',
    ops: ['replace'],
    type: { ...textValue, example: 'dep002' },
    async set(draft, value, { environment }) {
      const deployment = await getDeploymentNamed(value, environment)
      canaryOf(draft).deploymentId = deployment.id
    },
  }),
  patchRow({
    path: '/canarySettings/percentTraffic',
    ops: ['replace'],
    type: doubleValue({
      example: '12.5',
      accepts: (value) => value >= 0 && value <= 100,
      refusal: stageRefusals.percentTraffic,
    }),
    set(draft, value) {
      canaryOf(draft).percentTraffic = value
    },
  }),
  patchRow({
    path: '/canarySettings/useStageCache',
    ops: ['replace'],
    type: booleanValue,
    set(draft, value) {
      canaryOf(draft).useStageCache = value
    },
  }),
  patchRow({
    path: '/canarySettings/stageVariableOverrides/{name}',
    ops: ['replace'],
    type: textValue,
    set(draft, value, place) {
      const name = place.segment('name')
      checkStageVariable({ name, value })
      setEntry((canaryOf(draft).stageVariableOverrides ??= {}), name, value)
    },
  }),
  patchRow({
    path: '/canarySettings/stageVariableOverrides/{name}',
    ops: ['remove'],
    type: noValue,
    set({ canarySettings }, _value, place) {
      const overrides = canarySettings?.stageVariableOverrides
      if (canarySettings === undefined || overrides === undefined) return
      delete overrides[place.segment('name')]
      if (Object.keys(overrides).length === 0) delete canarySettings.stageVariableOverrides
    },
  }),
  patchRow({
    path: '/canarySettings',
    ops: ['remove'],
    type: noValue,
    set(draft) {
      delete draft.canarySettings
    },
  }),
  patchRow({
    path: '/deploymentId',
    ops: ['copy'],
    type: noValue,
    set(draft, _value, place) {
      if (place.from !== '/canarySettings/deploymentId') place.refuse()
      draft.deploymentId = promotedCanary(draft).deploymentId
    },
  }),
  patchRow({
    path: '/variables',
    ops: ['copy'],
    type: noValue,
    set(draft, _value, place) {
      if (place.from !== '/canarySettings/stageVariableOverrides') place.refuse()
      const overrides = promotedCanary(draft).stageVariableOverrides ?? {}
      for (const [name, value] of Object.entries(overrides)) {
        setEntry((draft.variables ??= {}), name, value)
      }
    },
  }),
]

function promotedCanary(draft: Draft<StageRecord>): Draft<CanaryRecord> {
  if (draft.canarySettings === undefined) throw stageRefusals.promotionWithoutCanary()
  return draft.canarySettings
}
