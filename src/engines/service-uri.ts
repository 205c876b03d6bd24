import { parseUriTemplate, type UriTemplate } from './uri-template.ts'

/** The call of an AWS service that the URI of an integration comes to. */
export type ServiceTarget =
  | {
      readonly outcome: 'target'
      /** What the action form names: it stands in the query, too. Undefined: the path form. */
      readonly action: string | undefined
      /** Begins with `/`; encoded as it is sent. */
      readonly path: string
      /** Names and values as they are meant, in their order. */
      readonly query: readonly (readonly [name: string, value: string])[]
    }
  /** No call of a service: the request ends as 500. `detail` is for the operator. */
  | { readonly outcome: 'invalid-service'; readonly detail: string }

/** What of the URI neither stage nor request can change. */
export interface ServiceOfUri {
  readonly partition: string
  /** May be empty: the region of the API. */
  readonly region: string
  /** `bucket` of `bucket.s3`; undefined: none. */
  readonly subdomain: string | undefined
  /** As the ARN names it: `sqs`, `states`, `appsync-api`. */
  readonly service: string
}

/**
 * The URI of an integration with an AWS service:
 * `arn:{partition}:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}`.
 *
 * `action/NAME&a=b` is a request for `/?Action=NAME&a=b`; `path/a/b` is one for `/a/b`. Placeholders may
 * stand in what follows the service, and a stage variable for all of it.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html (uri)
 * Observed: https://github.com/JakeHendy/management-on-demand-blog (`https://ec2.eu-west-2.amazonaws.com/?Action=…`)
 */
export interface ServiceUri extends ServiceOfUri {
  /** As written. */
  readonly text: string
  /** Names in `{name}`, which only mappings fill. */
  readonly pathParameterNames: readonly string[]
  target(
    variables: Readonly<Record<string, string>>,
    pathParameters: ReadonlyMap<string, string>,
  ): ServiceTarget
}

const serviceUri = /^arn:([\w-]+):apigateway:([\w-]*):(?:([\w.-]+)\.)?([\w-]+):(.+)$/s

/** Everything of the URI that depends on no stage and no request; undefined: it is no such URI. */
export function parseServiceUri(text: string): ServiceUri | undefined {
  const [, partition, region = '', subdomain, service, call] = serviceUri.exec(text) ?? []
  if (partition === undefined || service === undefined || call === undefined) return undefined
  const form = /^(path|action)\//.exec(call)?.[1]
  if (form === undefined && !wholeVariable.test(call)) return undefined
  const rest = form === undefined ? call : call.slice(form.length + 1)
  // A value in a query stays one value; the template must know that an action's are there.
  const template = parseUriTemplate(form === 'action' ? `${actionQuery}${rest}` : rest)
  const { pathParameterNames } = template
  const target: ServiceUri['target'] = (variables, pathParameters) => {
    const expanded = template.expand(variables, pathParameters)
    const read = form === undefined ? readCall(expanded) : readForm(form, expanded)
    return read.outcome === 'target' ? read : withMissing(read, template, variables)
  }
  return Object.freeze({
    ...{ text, partition, region, subdomain, service },
    ...{ pathParameterNames, target },
  })
}

const wholeVariable = /^\$\{stageVariables\.\w+\}$/
const actionQuery = '?Action='

/** What a variable held in place of the whole call. */
function readCall(text: string): ServiceTarget {
  if (text.startsWith('action/')) return readForm('action', `${actionQuery}${text.slice(7)}`)
  if (text.startsWith('path/')) return readForm('path', text.slice(5))
  return invalid(`AWS ARN for integration must contain path or action, not ${text}`)
}

/** What a request line holds as it is: no blanks, controls, braces of a placeholder that nothing filled. */
const requestText = /^[!#-;=?-[\]_a-z~]*$/

function readForm(form: string, text: string): ServiceTarget {
  if (!requestText.test(text)) return invalid(`illegal character in ${text}`)
  const queryAt = text.indexOf('?')
  const before = queryAt < 0 ? text : text.slice(0, queryAt)
  const query = queryAt < 0 ? [] : queryParametersOf(text.slice(queryAt + 1))
  if (form === 'path') {
    return { outcome: 'target', action: undefined, path: `/${before.replace(/^\/+/, '')}`, query }
  }
  const action = query[0]?.[1] ?? ''
  if (!/^\w+$/.test(action)) return invalid(`${JSON.stringify(action)} is no action`)
  return { outcome: 'target', action, path: '/', query }
}

/** The parameters of a query in their order, decoded as services read them: like a form. */
export function queryParametersOf(rawQuery: string): (readonly [string, string])[] {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equalsAt = pair.indexOf('=')
      if (equalsAt < 0) return [decoded(pair), ''] as const
      return [decoded(pair.slice(0, equalsAt)), decoded(pair.slice(equalsAt + 1))] as const
    })
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

function withMissing(
  target: Extract<ServiceTarget, { outcome: 'invalid-service' }>,
  { stageVariableNames }: UriTemplate,
  variables: Readonly<Record<string, string>>,
): ServiceTarget {
  const missing = stageVariableNames.filter((name) => !Object.hasOwn(variables, name))
  if (missing.length === 0) return target
  return invalid(`${target.detail}; the stage has no variable ${missing.join(', ')}`)
}

function invalid(detail: string): Extract<ServiceTarget, { outcome: 'invalid-service' }> {
  return { outcome: 'invalid-service', detail }
}
