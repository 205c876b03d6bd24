import { listWith, listWithout } from '../patches/patch-entry-rows.ts'
import {
  patchRow,
  type Draft,
  type PatchTable,
  type PatchRow,
} from '../patches/patch-operations.ts'
import { refuseQuoted } from '../patches/patch-refusals.ts'
import { booleanValue, textValue } from '../patches/patch-value-types.ts'
import type { ApiKeyRecord } from '../records.ts'
import { apiKeyRefusals } from './api-key-refusals.ts'
import { checkApiKeyDescription, checkApiKeyName } from './api-key-rules.ts'

/** What stage keys are checked with. */
export interface ApiKeyPatchEnvironment {
  /** `a1b2c3/prod` of a stage that is there. Throws for every other text. */
  checkStageKey(stageKey: string): Promise<void>
}

type ApiKeyRow = PatchRow<ApiKeyRecord, ApiKeyPatchEnvironment>

function textRow(
  member: 'name' | 'description' | 'customerId',
  check: (value: string) => void,
): ApiKeyRow {
  return patchRow({
    path: `/${member}`,
    ops: ['replace'],
    type: textValue,
    set(draft: Draft<ApiKeyRecord>, value) {
      check(value)
      if (value === '') delete draft[member]
      else draft[member] = value
    },
  })
}

/** Two names of one list, which says nothing since there are usage plans. */
function stageKeyRows(path: '/stages' | '/labels'): readonly ApiKeyRow[] {
  return [
    patchRow({
      path,
      ops: ['add'],
      type: { ...textValue, example: 'a1b2c3d4e5/prod' },
      async set(draft, value, { environment }) {
        await environment.checkStageKey(value)
        draft.stageKeys = listWith(draft.stageKeys, value)
      },
    }),
    patchRow({
      path,
      ops: ['remove'],
      type: { ...textValue, example: 'a1b2c3d4e5/old' },
      set(draft, value) {
        if (!draft.stageKeys.includes(value)) throw apiKeyRefusals.stageKey()
        draft.stageKeys = listWithout(draft.stageKeys, value) ?? []
      },
    }),
  ]
}

/**
 * What UpdateApiKey accepts. A value never changes; an `/enabled` that is not `true` is false.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-api-key-*
 */
export const apiKeyPatchTable: PatchTable<ApiKeyRecord, ApiKeyPatchEnvironment> = {
  rows: [
    textRow('name', checkApiKeyName),
    textRow('description', checkApiKeyDescription),
    textRow('customerId', () => {}),
    patchRow({
      path: '/enabled',
      ops: ['replace'],
      type: booleanValue,
      set(draft, value) {
        draft.enabled = value
      },
    }),
    ...stageKeyRows('/stages'),
    ...stageKeyRows('/labels'),
  ],
  refuse: refuseQuoted(['/description', '/enabled', '/name', '/customerId']),
}
