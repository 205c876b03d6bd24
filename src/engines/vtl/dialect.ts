/** Where AWS differs from stock Velocity. */
export interface Dialect {
  /** A reference without a value prints nothing when its name is known; stock prints it as it is written. */
  readonly hidesNulls: boolean
  /** `#set` to nothing leaves the name known and without a value; stock leaves it as it was. */
  readonly setsNulls: boolean
  /** Nothing equals the empty text. */
  readonly nullEqualsEmpty: boolean
}

/** Apache Velocity 1.7 as it comes. */
export const velocityDialect: Dialect = Object.freeze({
  hidesNulls: false,
  setsNulls: false,
  nullEqualsEmpty: false,
})

/**
 * Amazon API Gateway's.
 *
 * Chosen: docs/decisions/0029-mapping-templates.md
 */
export const awsDialect: Dialect = Object.freeze({
  hidesNulls: true,
  setsNulls: true,
  nullEqualsEmpty: true,
})
