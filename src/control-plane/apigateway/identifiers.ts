import type { ResourceId, RestApiId } from '../../aws/identifiers.ts'
import type { Random } from '../../ports/random.ts'

/** Characters of an id that AWS makes: an API and its root resource, and everything below. */
const restApiIdCharacters = 10
const resourceIdCharacters = 6

/** A fresh id in the form of AWS's: 10 lower-case letters and digits. Whether it is free is not known. */
export function randomRestApiId(random: Random): RestApiId {
  return asRestApiId(random.identifier(restApiIdCharacters))
}

/** A fresh id for a resource below the root: 6 lower-case letters and digits. */
export function randomResourceId(random: Random): ResourceId {
  return asResourceId(random.identifier(resourceIdCharacters))
}

/** A fresh id for a root resource, which AWS makes as long as an API's. */
export function randomRootResourceId(random: Random): ResourceId {
  return asResourceId(random.identifier(restApiIdCharacters))
}

/** Names a text as the id of an API: for ids just made or just found free. */
export function asRestApiId(text: string): RestApiId {
  // A brand is a compile-time name; any text can be the id of an API that does not exist yet.
  return text as RestApiId
}

function asResourceId(text: string): ResourceId {
  // As above.
  return text as ResourceId
}
