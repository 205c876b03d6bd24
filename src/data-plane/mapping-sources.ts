import type { HeaderFields } from '../base/header-fields.ts'
import type { DocumentNode } from '../engines/json-path/document.ts'
import {
  type BodyPicks,
  type MappingSources,
  type Picks,
  readBodyDocument,
} from '../engines/parameter-mapping.ts'
import type { Call } from './call.ts'
import { contextValue } from './context-variables.ts'
import { GatewayError } from './gateway-error.ts'
import { methodRequestFields } from './method-request-fields.ts'
import { parseQuery } from './query-string.ts'

/** Content and head that mapping expressions may read besides the request's own. */
export interface MappingBodies {
  readonly requestBody?: string | undefined
  readonly responseHeaders?: HeaderFields | undefined
  readonly responseBody?: string | undefined
}

const noParameters: ReadonlyMap<string, string> = new Map<string, string>([])

/**
 * Where the mappings of a request read from. Query and bodies are parsed when the first one asks for them.
 *
 * @throws {GatewayError} on the way: INVALID_JSON_BODY for a request's body that begins like JSON and is none,
 * API_CONFIGURATION_ERROR for an endpoint's.
 */
export function mappingSourcesOf(call: Call, bodies: MappingBodies = {}): MappingSources {
  return new CallSources(call, bodies)
}

class CallSources implements MappingSources {
  readonly requestBody: string | undefined
  readonly responseHeaders: HeaderFields | undefined
  readonly responseBody: string | undefined
  readonly #call: Call
  #requestHeaders: HeaderFields | undefined
  #queryParameters: ReadonlyMap<string, readonly string[]> | undefined
  #requestDocument: Read | undefined
  #responseDocument: Read | undefined

  constructor(call: Call, bodies: MappingBodies) {
    this.#call = call
    this.requestBody = bodies.requestBody
    this.responseHeaders = bodies.responseHeaders
    this.responseBody = bodies.responseBody
  }

  get pathParameters(): ReadonlyMap<string, string> {
    return this.#call.route?.pathParameters ?? noParameters
  }

  get queryParameters(): ReadonlyMap<string, readonly string[]> {
    return (this.#queryParameters ??= parseQuery(this.#call.incoming.rawQuery))
  }

  get requestHeaders(): HeaderFields {
    return (this.#requestHeaders ??= methodRequestFields(this.#call))
  }

  get requestDocument(): DocumentNode | undefined {
    const malformed = () => new GatewayError('INVALID_JSON_BODY')
    const picks = this.#call.requestPicks
    if (picks !== undefined) return nothingBut(picks, malformed)
    return (this.#requestDocument ??= readOrThrow(this.requestBody, malformed)).document
  }

  get responseDocument(): DocumentNode | undefined {
    const detail =
      'Execution failed due to configuration error: the response body is not valid JSON'
    const malformed = () => new GatewayError('API_CONFIGURATION_ERROR', { detail })
    const picks = this.#call.responsePicks
    if (picks !== undefined) return nothingBut(picks, malformed)
    return (this.#responseDocument ??= readOrThrow(this.responseBody, malformed)).document
  }

  get requestPicks(): Picks | undefined {
    return picksOf(this.#call.requestPicks)
  }

  get responsePicks(): Picks | undefined {
    return picksOf(this.#call.responsePicks)
  }

  get stageVariables(): Readonly<Record<string, string>> {
    return this.#call.variant.variables
  }

  contextValue(name: string): string | undefined {
    return contextValue(this.#call, name)
  }
}

function picksOf(picks: BodyPicks | undefined): Picks | undefined {
  return picks?.outcome === 'picked' ? picks.picks : undefined
}

/** Of a body that was looked at beforehand there is no document. */
function nothingBut({ outcome }: BodyPicks, malformed: () => GatewayError): undefined {
  if (outcome === 'malformed') throw malformed()
}

/** What a body says as JSON; no document: it does not begin like JSON, or there is none. */
interface Read {
  readonly document: DocumentNode | undefined
}

function readOrThrow(body: string | undefined, malformed: () => GatewayError): Read {
  if (body === undefined) return { document: undefined }
  const read = readBodyDocument(body)
  if (read.outcome === 'malformed') throw malformed()
  return { document: read.outcome === 'document' ? read.document : undefined }
}
