import { invariant } from '../base/invariant.ts'
import { functionKey, type FunctionPlace } from './function-table.ts'
import type { FunctionPlaneLimits } from './limits.ts'
import type { ThrottleReason } from './refusals.ts'

/** What an account has in a region. */
interface AccountSeats {
  running: number
  /** Of functions without a reservation. */
  unreservedRunning: number
  reserved: number
}

/** The seats of a function, all its versions together. One object for as long as any is taken. */
export interface FunctionSeats {
  readonly key: string
  readonly account: AccountSeats
  running: number
  /** Undefined: the function shares what is not reserved. */
  reserved: number | undefined
  declared: boolean
}

/** Counts invocations that run, exactly: an invocation takes a seat before anything else happens. */
export interface Concurrency {
  /** The seats of a function that is declared from now on, with its reservation. */
  declare(place: FunctionPlace, reserved: number | undefined): FunctionSeats
  /** The function is gone; what it runs goes on and counts. */
  undeclare(place: FunctionPlace): void
  /** All functions are gone. */
  clear(): void
  /** Undefined: a seat is taken. Else which limit is met, and nothing changed. */
  take(seats: FunctionSeats): ThrottleReason | undefined
  /** Gives one seat back. */
  give(seats: FunctionSeats): void
}

/**
 * Counts nothing yet.
 *
 * A function with a reservation has so many seats and no more. The others share what the account has
 * beyond all reservations, but at least `unreservedConcurrencyMin` of it. All together never have more
 * than the account. A limit that sinks below what runs lets it run, and refuses what comes.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function createConcurrency({
  accountConcurrency,
  unreservedConcurrencyMin,
}: Pick<FunctionPlaneLimits, 'accountConcurrency' | 'unreservedConcurrencyMin'>): Concurrency {
  const accounts = new Map<string, AccountSeats>()
  const functions = new Map<string, FunctionSeats>()
  const unreservedMin = Math.min(unreservedConcurrencyMin, accountConcurrency)

  function seatsOf(place: FunctionPlace): FunctionSeats {
    const key = functionKey(place)
    const known = functions.get(key)
    if (known !== undefined) return known
    const accountKey = `${place.region}:${place.account}`
    const account = accounts.get(accountKey) ?? { running: 0, unreservedRunning: 0, reserved: 0 }
    accounts.set(accountKey, account)
    const seats = { key, account, running: 0, reserved: undefined, declared: false }
    functions.set(key, seats)
    return seats
  }

  function undeclare(seats: FunctionSeats): void {
    seats.declared = false
    reserve(seats, undefined)
    if (seats.running === 0) functions.delete(seats.key)
  }

  return Object.freeze({
    declare(place: FunctionPlace, reserved: number | undefined) {
      const seats = seatsOf(place)
      seats.declared = true
      reserve(seats, reserved)
      return seats
    },
    undeclare(place: FunctionPlace) {
      const seats = functions.get(functionKey(place))
      if (seats !== undefined) undeclare(seats)
    },
    clear() {
      for (const seats of [...functions.values()]) undeclare(seats)
    },
    take(seats: FunctionSeats) {
      const { account, reserved } = seats
      if (reserved !== undefined) {
        if (seats.running >= reserved) return 'ReservedFunctionConcurrentInvocationLimitExceeded'
      } else {
        const unreservedMax = Math.max(accountConcurrency - account.reserved, unreservedMin)
        if (account.unreservedRunning >= unreservedMax) return 'ConcurrentInvocationLimitExceeded'
      }
      if (account.running >= accountConcurrency) return 'ConcurrentInvocationLimitExceeded'
      seats.running += 1
      account.running += 1
      if (reserved === undefined) account.unreservedRunning += 1
      return undefined
    },
    give(seats: FunctionSeats) {
      invariant(seats.running > 0, 'a seat is given back once')
      seats.running -= 1
      seats.account.running -= 1
      if (seats.reserved === undefined) seats.account.unreservedRunning -= 1
      if (seats.running === 0 && !seats.declared) functions.delete(seats.key)
    },
  })
}

/** What runs already moves along between the shared seats and the function's own. */
function reserve(seats: FunctionSeats, reserved: number | undefined): void {
  const { account } = seats
  if (seats.reserved === undefined) account.unreservedRunning -= seats.running
  account.reserved += (reserved ?? 0) - (seats.reserved ?? 0)
  seats.reserved = reserved
  if (reserved === undefined) account.unreservedRunning += seats.running
}
