import type { HeaderFields } from '../base/header-fields.ts'
import type { MappingSources } from '../engines/parameter-mapping.ts'
import type { Call } from './call.ts'
import { contextValue } from './context-variables.ts'
import { readableFields } from './integrations/header-rules.ts'
import { parseQuery } from './query-string.ts'

/** Content and head that mapping expressions may read besides the request's own. */
export interface MappingBodies {
  readonly requestBody?: string | undefined
  readonly responseHeaders?: HeaderFields | undefined
  readonly responseBody?: string | undefined
}

const noParameters: ReadonlyMap<string, string> = new Map<string, string>([])

/** Where the mappings of a request read from. The query is parsed when the first one asks for it. */
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
    return (this.#requestHeaders ??= readableFields(this.#call.incoming.headers))
  }

  get stageVariables(): Readonly<Record<string, string>> {
    return this.#call.variant.variables
  }

  contextValue(name: string): string | undefined {
    return contextValue(this.#call, name)
  }
}
