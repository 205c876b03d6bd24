import { mapEntryRows } from '../patches/patch-entry-rows.ts'
import { patchRow, type PatchTable, type PatchValueType } from '../patches/patch-operations.ts'
import { patchRefusals } from '../patches/patch-refusals.ts'
import { textValue } from '../patches/patch-value-types.ts'
import {
  checkGatewayResponseParameters,
  checkGatewayResponseTemplates,
} from './gateway-response-rules.ts'
import { gatewayResponseRefusals } from './gateway-response-rules.ts'

/** A gateway response whose every member is there to be patched. */
export interface PatchableGatewayResponse {
  readonly statusCode?: string
  readonly responseParameters: Readonly<Record<string, string>>
  readonly responseTemplates: Readonly<Record<string, string>>
}

/** Text that must not be empty. */
function filledValue(
  member: 'responseParameters' | 'responseTemplates',
  example: string,
): PatchValueType<string> {
  return {
    example,
    parse(value = '') {
      if (value === '') throw gatewayResponseRefusals.emptyValue(member)
      return value
    },
  }
}

/**
 * What UpdateGatewayResponse accepts.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-gateway-response-*
 */
export const gatewayResponsePatchTable: PatchTable<PatchableGatewayResponse, undefined> = {
  rows: [
    patchRow({
      path: '/statusCode',
      ops: ['replace'],
      type: { ...textValue, example: '499' },
      set(draft, value) {
        if (!/^[1-5]\d\d$/.test(value)) throw gatewayResponseRefusals.statusCode(value)
        draft.statusCode = value
      },
    }),
    ...mapEntryRows<PatchableGatewayResponse, undefined, string>({
      path: '/responseParameters',
      type: filledValue('responseParameters', "'value'"),
      read: (draft) => draft.responseParameters,
      write(draft, map) {
        draft.responseParameters = map ?? {}
      },
      missing: patchRefusals.parameterNotFound,
    }),
    ...mapEntryRows<PatchableGatewayResponse, undefined, string>({
      path: '/responseTemplates',
      type: filledValue('responseTemplates', '{}'),
      read: (draft) => draft.responseTemplates,
      write(draft, map) {
        draft.responseTemplates = map ?? {}
      },
      missing: patchRefusals.parameterNotFound,
    }),
  ],
  refuse({ path }) {
    throw patchRefusals.path(path)
  },
}

/**
 * Checks a gateway response after its patches.
 *
 * @throws {ServiceError} as PutGatewayResponse does.
 */
export function checkPatchedGatewayResponse(patched: PatchableGatewayResponse): void {
  checkGatewayResponseParameters(patched.responseParameters)
  checkGatewayResponseTemplates(patched.responseTemplates)
}
