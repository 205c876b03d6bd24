import { minimumCompressionBytesMax } from '../../../aws/limits.ts'
import type { EndpointAccessMode, SecurityPolicy } from '../../../aws/models/apigateway-types.ts'
import { refusals } from '../errors.ts'
import { optionalTextRow, listWith, listWithout } from '../patches/patch-entry-rows.ts'
import { patchRow, type Draft } from '../patches/patch-operations.ts'
import type {
  PatchPlace,
  PatchRow,
  PatchTable,
  PatchValueType,
} from '../patches/patch-operations.ts'
import { patchRefusals, refuseByPath } from '../patches/patch-refusals.ts'
import {
  booleanValue,
  integerValue,
  noValue,
  textValue,
  wordValue,
} from '../patches/patch-value-types.ts'
import type { RestApiRecord } from '../records.ts'
import { checkPolicyDocument } from './policy-document.ts'

type RestApiRow = PatchRow<RestApiRecord, undefined>
type EndpointDraft = Draft<RestApiRecord>['endpointConfiguration']

/** Every security policy, as AWS spells it. */
const securityPolicies = [
  'TLS_1_0',
  'TLS_1_2',
  'SecurityPolicy_TLS13_1_3_2025_09',
  'SecurityPolicy_TLS13_1_3_FIPS_2025_09',
  'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_2021_06',
  'SecurityPolicy_TLS13_2025_EDGE',
  'SecurityPolicy_TLS12_PFS_2025_EDGE',
  'SecurityPolicy_TLS12_2018_EDGE',
] as const satisfies readonly SecurityPolicy[]

const endpointAccessModes = ['BASIC', 'STRICT'] as const satisfies readonly EndpointAccessMode[]

const endpointTypeValue = wordValue(
  ['EDGE', 'PRIVATE', 'REGIONAL'] as const,
  refusals.endpointTypeWord,
)

const bytesValue = integerValue({
  example: '1024',
  accepts: (bytes) => bytes >= 0 && bytes <= minimumCompressionBytesMax,
  refusal: refusals.compressionSize,
})

/** Bytes; undefined for an empty value or none, which turns compression off. */
const compressionValue: PatchValueType<number | undefined> = {
  example: bytesValue.example,
  parse: (value) => (value ? bytesValue.parse(value) : undefined),
}

const memberRows: readonly RestApiRow[] = [
  patchRow({
    path: '/name',
    ops: ['replace'],
    type: textValue,
    set(draft, value) {
      if (value === '') throw refusals.emptyName()
      draft.name = value
    },
  }),
  optionalTextRow('description', ['add', 'replace']),
  patchRow({
    path: '/description',
    ops: ['remove'],
    type: noValue,
    set(draft) {
      delete draft.description
    },
  }),
  patchRow({
    path: '/apiKeySource',
    ops: ['replace'],
    type: wordValue(['HEADER', 'AUTHORIZER'] as const, refusals.apiKeySource),
    set(draft, value) {
      draft.apiKeySource = value
    },
  }),
  patchRow({
    path: '/disableExecuteApiEndpoint',
    ops: ['replace'],
    type: booleanValue,
    set(draft, value) {
      draft.disableExecuteApiEndpoint = value
    },
  }),
  patchRow({
    path: '/minimumCompressionSize',
    ops: ['replace'],
    type: compressionValue,
    set(draft, bytes) {
      if (bytes === undefined) delete draft.minimumCompressionSize
      else draft.minimumCompressionSize = bytes
    },
  }),
  patchRow({
    path: '/policy',
    ops: ['replace'],
    type: { ...textValue, example: '{"Version":"2012-10-17","Statement":[]}' },
    set(draft, value) {
      if (value === '') {
        delete draft.policy
        return
      }
      checkPolicyDocument(value)
      draft.policy = value
    },
  }),
  patchRow({
    path: '/securityPolicy',
    ops: ['replace'],
    type: wordValue(securityPolicies, refusals.securityPolicy),
    set(draft, value) {
      draft.securityPolicy = value
    },
  }),
  patchRow({
    path: '/endpointAccessMode',
    ops: ['replace'],
    type: wordValue(endpointAccessModes, refusals.endpointAccessMode),
    set(draft, value) {
      draft.endpointAccessMode = value
    },
  }),
]

function setBinaryMediaTypes(draft: Draft<RestApiRecord>, types: string[] | undefined): void {
  if (types === undefined) delete draft.binaryMediaTypes
  else draft.binaryMediaTypes = types
}

/** The type is in the path; AWS takes any text for one. Replacing moves it to the end. */
const binaryMediaTypeRows: readonly RestApiRow[] = [
  patchRow({
    path: '/binaryMediaTypes/{type}',
    ops: ['add'],
    type: noValue,
    set(draft, _value, place) {
      const type = place.segment('type')
      if (type === '') throw patchRefusals.path(place.path)
      setBinaryMediaTypes(draft, listWith(draft.binaryMediaTypes, type))
    },
  }),
  patchRow({
    path: '/binaryMediaTypes/{type}',
    ops: ['replace'],
    type: { ...textValue, example: 'image/gif' },
    set(draft, value, place) {
      if (value === '') throw refusals.binaryMediaType()
      const rest = listWithout(draft.binaryMediaTypes, place.segment('type'))
      setBinaryMediaTypes(draft, listWith(rest, value))
    },
  }),
  patchRow({
    path: '/binaryMediaTypes/{type}',
    ops: ['remove'],
    type: noValue,
    set(draft, _value, place) {
      const rest = listWithout(draft.binaryMediaTypes, place.segment('type'))
      setBinaryMediaTypes(draft, rest)
    },
  }),
]

/** AWS turns an API that becomes private to dualstack, the only address type it may have. */
function setEndpointTypes(endpoint: EndpointDraft, types: EndpointDraft['types']): void {
  const becomesPrivate = types.includes('PRIVATE') && !endpoint.types.includes('PRIVATE')
  endpoint.types = types
  if (becomesPrivate) endpoint.ipAddressType = 'dualstack'
}

/** Behind the path, the type that is there, or its index, as Terraform writes it; or nothing. */
const typesPath = '/endpointConfiguration/types'
const typePath = `${typesPath}/{type}`

/**
 * Rows for the type of endpoint. An API has one, so replace sets it whatever the path names; add and
 * remove name theirs in the value or, where there is none, in the path.
 */
function endpointTypeRows(path: string): readonly RestApiRow[] {
  const given: PatchValueType<string | undefined> = {
    example: 'REGIONAL',
    parse: (value) => value,
  }
  const named = (value: string | undefined, place: PatchPlace<undefined>) =>
    endpointTypeValue.parse(value ?? (path === typePath ? place.segment('type') : undefined))
  return [
    patchRow({
      path,
      ops: ['replace'],
      type: endpointTypeValue,
      set({ endpointConfiguration }, type) {
        setEndpointTypes(endpointConfiguration, [type])
      },
    }),
    patchRow({
      path,
      ops: ['add'],
      type: given,
      set({ endpointConfiguration: endpoint }, value, place) {
        const type = named(value, place)
        if (!endpoint.types.includes(type)) setEndpointTypes(endpoint, [...endpoint.types, type])
      },
    }),
    patchRow({
      path,
      ops: ['remove'],
      type: given,
      set({ endpointConfiguration: endpoint }, value, place) {
        const type = named(value, place)
        endpoint.types = endpoint.types.filter((each) => each !== type)
      },
    }),
  ]
}

const endpointRows: readonly RestApiRow[] = [
  ...endpointTypeRows(typePath),
  ...endpointTypeRows(typesPath),
  patchRow({
    path: '/endpointConfiguration/ipAddressType',
    ops: ['replace'],
    type: wordValue(['ipv4', 'dualstack'] as const, refusals.ipAddressType),
    set({ endpointConfiguration }, value) {
      endpointConfiguration.ipAddressType = value
    },
  }),
  patchRow({
    path: '/endpointConfiguration/vpcEndpointIds',
    ops: ['add'],
    type: { ...textValue, example: 'vpce-0123456789abcdef0' },
    set({ endpointConfiguration: endpoint }, id) {
      if (id === '') throw refusals.vpcEndpointId()
      endpoint.vpcEndpointIds = listWith(endpoint.vpcEndpointIds, id)
    },
  }),
  patchRow({
    path: '/endpointConfiguration/vpcEndpointIds',
    ops: ['remove'],
    type: { ...textValue, example: 'vpce-1' },
    set({ endpointConfiguration: endpoint }, id) {
      const rest = listWithout(endpoint.vpcEndpointIds, id)
      if (rest === undefined) delete endpoint.vpcEndpointIds
      else endpoint.vpcEndpointIds = rest
    },
  }),
]

const rows = [...memberRows, ...binaryMediaTypeRows, ...endpointRows]
const refuse = refuseByPath(rows)

/**
 * What UpdateRestApi accepts. What members must be together (one endpoint type, endpoints in a VPC only
 * with PRIVATE) is checked when all operations are applied.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 * Observed: management/update-rest-api-*
 */
export const restApiPatchTable: PatchTable<RestApiRecord, undefined> = {
  rows,
  refuse(operation) {
    const ofTypes = operation.path === typesPath || operation.path.startsWith(`${typesPath}/`)
    if (ofTypes) throw refusals.endpointTypeOperation()
    return refuse(operation)
  },
}
