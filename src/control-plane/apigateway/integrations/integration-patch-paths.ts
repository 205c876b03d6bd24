import type { IntegrationDefinition } from '../../../snapshot/definition.ts'
import { refusals } from '../errors.ts'
import { listWith, listWithout, memberEntryRows } from '../patches/patch-entry-rows.ts'
import { patchRow, type PatchRow, type PatchTable } from '../patches/patch-operations.ts'
import { patchRefusals, refuseByPath } from '../patches/patch-refusals.ts'
import {
  booleanValue,
  integerValue,
  noValue,
  textValue,
  wordValue,
} from '../patches/patch-value-types.ts'
import { contentHandlingValue, templateValue } from './integration-value-types.ts'

/** What the rows of UpdateIntegration's table ask of what is around the integration. */
export interface IntegrationPatchEnvironment {
  /** The namespace of an integration that names none. */
  readonly resourceId: string
  readonly timeoutMsMax: number
}

type IntegrationRow = PatchRow<IntegrationDefinition, IntegrationPatchEnvironment>

/** A member that is text; an empty text clears it. */
function textRow(
  member: 'connectionId' | 'integrationTarget' | 'credentials',
  example: string,
): IntegrationRow {
  return patchRow({
    path: `/${member}`,
    ops: ['replace'],
    type: { ...textValue, example },
    set(draft, value) {
      if (value === '') delete draft[member]
      else draft[member] = value
    },
  })
}

/** The verb and the address of what is called; MOCK calls nothing, so that neither is a path of it. */
function targetRow(member: 'httpMethod' | 'uri', example: string): IntegrationRow {
  return patchRow({
    path: `/${member}`,
    ops: ['replace'],
    type: { ...textValue, example },
    set(draft, value, place) {
      if (draft.type === 'MOCK') throw patchRefusals.path(place.path)
      if (value === '') delete draft[member]
      else draft[member] = value
    },
  })
}

const targetRows: readonly IntegrationRow[] = [
  targetRow('httpMethod', 'POST'),
  targetRow('uri', 'http://example.com/dogs'),
  textRow('credentials', 'arn:aws:iam::000000000000:role/invoke'),
  patchRow({
    path: '/connectionType',
    ops: ['replace'],
    type: wordValue(['INTERNET', 'VPC_LINK'] as const, refusals.connectionTypeWord),
    set(draft, value) {
      draft.connectionType = value
    },
  }),
  textRow('connectionId', '${stageVariables.link}'),
  textRow('integrationTarget', 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/x'),
  patchRow({
    path: '/tlsConfig/insecureSkipVerification',
    ops: ['replace'],
    type: booleanValue,
    set(draft, insecureSkipVerification) {
      draft.tlsConfig = { ...draft.tlsConfig, insecureSkipVerification }
    },
  }),
]

const behaviourRows: readonly IntegrationRow[] = [
  patchRow({
    path: '/passthroughBehavior',
    ops: ['replace'],
    type: wordValue(
      ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'] as const,
      refusals.passthroughBehavior,
    ),
    set(draft, value) {
      draft.passthroughBehavior = value
    },
  }),
  patchRow({
    path: '/contentHandling',
    ops: ['replace'],
    type: contentHandlingValue,
    set(draft, handling) {
      if (handling === undefined) delete draft.contentHandling
      else draft.contentHandling = handling
    },
  }),
  patchRow({
    path: '/timeoutInMillis',
    ops: ['replace'],
    type: { ...textValue, example: '1000' },
    set(draft, value, { environment }) {
      const milliseconds = integerValue({
        example: '1000',
        accepts: () => true,
        refusal: () => refusals.timeout(environment.timeoutMsMax),
      })
      draft.timeoutInMillis = milliseconds.parse(value)
    },
  }),
  patchRow({
    path: '/responseTransferMode',
    ops: ['replace'],
    type: wordValue(['BUFFERED', 'STREAM'] as const, refusals.responseTransferModeWord),
    set(draft, value) {
      draft.responseTransferMode = value
    },
  }),
]

const cacheRows: readonly IntegrationRow[] = [
  patchRow({
    path: '/cacheNamespace',
    ops: ['replace'],
    type: textValue,
    set(draft, value, { environment }) {
      draft.cacheNamespace = value || environment.resourceId
    },
  }),
  patchRow({
    path: '/cacheKeyParameters/{name}',
    ops: ['add'],
    type: noValue,
    set(draft, _value, place) {
      draft.cacheKeyParameters = listWith(draft.cacheKeyParameters, place.segment('name'))
    },
  }),
  patchRow({
    path: '/cacheKeyParameters/{name}',
    ops: ['replace'],
    type: { ...textValue, example: 'method.request.querystring.page' },
    set(draft, value, place) {
      const rest = listWithout(draft.cacheKeyParameters, place.segment('name'))
      draft.cacheKeyParameters = listWith(rest, value)
    },
  }),
  patchRow({
    path: '/cacheKeyParameters/{name}',
    ops: ['remove'],
    type: noValue,
    set(draft, _value, place) {
      const rest = listWithout(draft.cacheKeyParameters, place.segment('name'))
      draft.cacheKeyParameters = rest ?? []
    },
  }),
]

const rows: readonly IntegrationRow[] = [
  ...targetRows,
  ...behaviourRows,
  ...cacheRows,
  ...memberEntryRows({
    member: 'requestParameters',
    type: { ...textValue, example: "'value'" },
    missing: patchRefusals.parameterNotFound,
  }),
  ...memberEntryRows({
    member: 'requestTemplates',
    type: templateValue,
    missing: patchRefusals.contentTypeNotFound,
  }),
]

/**
 * What UpdateIntegration accepts. The type is not among it: an integration of another type is put anew.
 * Whether the members fit one another is looked at when all operations are applied.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-integration-*
 */
export const integrationPatchTable: PatchTable<IntegrationDefinition, IntegrationPatchEnvironment> =
  {
    rows,
    refuse: refuseByPath(rows),
  }
