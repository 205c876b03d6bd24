import { parseUriTemplate } from './uri-template.ts'

/** The function that the URI of an integration comes to. */
export type FunctionTarget =
  | {
      readonly outcome: 'target'
      readonly partition: string
      /** Unqualified, or with a version or an alias. */
      readonly functionArn: string
      /** The call is InvokeWithResponseStream. */
      readonly isStreaming: boolean
    }
  /** No ARN of a function: the request ends as 500. `detail` is for the operator. */
  | { readonly outcome: 'invalid-function'; readonly detail: string }

/**
 * The invocation URI of a function with its stage variables found:
 * `arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations`, or
 * `…path/2021-11-15/functions/{function ARN}/response-streaming-invocations`.
 *
 * A variable may stand for any part, the whole ARN of the function too. One that the stage does not have
 * leaves nothing, as on AWS; when what is left is no function, the detail names it.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 * Observed: https://github.com/aws/serverless-application-model/issues/34 (the whole ARN in a variable)
 * Chosen: docs/decisions/0021-functions-behind-stages.md (region and account in a variable)
 */
export interface FunctionUri {
  /** As written. */
  readonly text: string
  /** Names in `{name}`, which only a mapping could fill. */
  readonly pathParameterNames: readonly string[]
  /** Cost: a look-up, once the variables of a stage have been seen. */
  target(variables: Readonly<Record<string, string>>): FunctionTarget
}

/** The service that an AWS integration's URI names; undefined: it is no such URI, or a variable names it. */
export function findIntegrationService(uri: string): string | undefined {
  return /^arn:[^:]*:apigateway:[^:]*:([^:]*):/.exec(uri)?.[1]
}

/** Whether a URI calls InvokeWithResponseStream, as far as its own text says. */
export function isStreamingUri(uri: string): boolean {
  return uri.includes('/2021-11-15/') || uri.endsWith('/response-streaming-invocations')
}

/** Whether a URI calls Invoke, as far as its own text says. */
export function isBufferedUri(uri: string): boolean {
  return uri.includes('/2015-03-31/')
}

/**
 * What a text may be once its stage variables are known: the URI of a `function`; that of what is
 * `no-function`; or `another-call` of Lambda. A variable may be part of the function's ARN, all of it, or all
 * that follows the service; a path parameter may be part of it.
 */
export function judgeFunctionUri(text: string): 'function' | 'no-function' | 'another-call' {
  const call = /^arn:[\w-]+:apigateway:[^:]*:lambda:(.*)$/.exec(text)?.[1] ?? ''
  if (wholeVariable.test(call)) return 'function'
  const [, buffered, streamed] = invocationPath.exec(call) ?? []
  const arn = buffered ?? streamed
  if (arn === undefined) return 'another-call'
  return placeholder.test(arn) || functionArnForm.test(arn) ? 'function' : 'no-function'
}

const wholeVariable = /^\$\{stageVariables\.\w+\}$/
const placeholder = /\{[\w.$-]+\}/
const invocationPath =
  /^path\/{1,2}(?:2015-03-31\/functions\/(.+)\/invocations|2021-11-15\/functions\/(.+)\/response-streaming-invocations)$/

/** Everything of the URI that does not depend on a stage, parsed. */
export function parseFunctionUri(text: string): FunctionUri {
  return Object.freeze(new ParsedFunctionUri(text))
}

class ParsedFunctionUri implements FunctionUri {
  readonly text: string
  readonly pathParameterNames: readonly string[]
  readonly #template: ReturnType<typeof parseUriTemplate>
  /** By the variables of a stage: they are frozen, and few sets of them are in use at a time. */
  readonly #known = new WeakMap<Readonly<Record<string, string>>, FunctionTarget>()

  constructor(text: string) {
    this.text = text
    this.#template = parseUriTemplate(text)
    this.pathParameterNames = this.#template.pathParameterNames
  }

  target(variables: Readonly<Record<string, string>>): FunctionTarget {
    const known = this.#known.get(variables)
    if (known !== undefined) return known
    const target = Object.freeze(this.#read(variables))
    if (Object.isFrozen(variables)) this.#known.set(variables, target)
    return target
  }

  #read(variables: Readonly<Record<string, string>>): FunctionTarget {
    const expanded = this.#template.expand(variables, noPathParameters)
    const target = readFunctionUri(expanded)
    if (target.outcome === 'target') return target
    const missing = this.#template.stageVariableNames.filter(
      (name) => !Object.hasOwn(variables, name) || variables[name] === '',
    )
    if (missing.length === 0) return target
    return invalid(`${target.detail}; the stage has no variable ${missing.join(', ')}`)
  }
}

const noPathParameters: ReadonlyMap<string, string> = new Map<string, string>([])

/** Two slashes behind `path` are what some tools write. */
const invocationUri =
  /^arn:([\w-]+):apigateway:([\w-]*):lambda:path\/{1,2}(?:2015-03-31\/functions\/(.*)\/invocations|2021-11-15\/functions\/(.*)\/response-streaming-invocations)$/

/** AWS's form of a function's ARN. A region that is left out is the URI's. */
const functionArnForm =
  /^arn:([\w-]+):lambda:([\w-]*):(\d{12}):function:([\w-]{1,140})(?::(\$LATEST|[\w-]{1,128}))?$/

function readFunctionUri(uri: string): FunctionTarget {
  const [, partition = '', uriRegion = '', buffered, streaming] = invocationUri.exec(uri) ?? []
  const arn = buffered ?? streaming ?? ''
  if (partition === '') {
    return invalid(`Invalid function ARN or invalid uri: ${uri}`)
  }
  const [, functionPartition, ownRegion, account, name, qualifier] = functionArnForm.exec(arn) ?? []
  if (name === undefined || functionPartition !== partition) {
    return invalid(`Invalid function ARN or invalid uri: ${arn}`)
  }
  const region = ownRegion === '' ? uriRegion : ownRegion
  if (uriRegion !== '' && region !== uriRegion) {
    return invalid(
      `Functions from '${region}' are not reachable in this region ('${uriRegion}'): ${arn}`,
    )
  }
  const unqualified = `arn:${partition}:lambda:${region}:${account}:function:${name}`
  const functionArn = qualifier === undefined ? unqualified : `${unqualified}:${qualifier}`
  return { outcome: 'target', partition, functionArn, isStreaming: streaming !== undefined }
}

function invalid(detail: string): FunctionTarget {
  return { outcome: 'invalid-function', detail }
}
