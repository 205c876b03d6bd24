/** What a listener can carry: the AWS APIs, the stages' own traffic, the operator's API. */
export type Plane = 'management' | 'execute-api' | 'operator'

/** The planes that a listener declares. A path of another plane does not exist on it. */
export type PlaneSet = ReadonlySet<Plane>

/** The main listener's. */
export const allPlanes: readonly Plane[] = Object.freeze(['management', 'execute-api', 'operator'])

/** Those of `--gateway-listen`. */
export const executeApiAlone: readonly Plane[] = Object.freeze(['execute-api'])
