import type { StageClockControl } from '../../adapters/node/stage-clock.ts'
import { parseIsoDuration } from '../../base/iso-duration.ts'
import { isJsonObject } from '../../base/json.ts'

/** Up to here a test may move the clock: 2199-12-31T23:59:59.999Z. */
const nowMsMax = Date.UTC(2200, 0, 1) - 1

/** What `/_stagedoor/clock` says of the clock. */
export interface StageClockReading {
  /** ISO 8601, UTC. */
  readonly now: string
  /** How far it is ahead of the machine's own time. */
  readonly aheadMs: number
  readonly frozen: boolean
}

export type StageClockMove =
  | { readonly outcome: 'moved'; readonly reading: StageClockReading }
  | { readonly outcome: 'refused'; readonly reason: string }

/** The clock that a test owns, as the operator API reads and moves it. */
export interface OperatorClock {
  read(): StageClockReading
  /**
   * Does what the JSON text says: `advance` (ISO 8601 duration), `advanceMs` or `now` (ISO 8601 time), and
   * `freeze`. Time is stopped before it is moved, and passes again after: it stands at exactly `now`.
   */
  move(text: string): StageClockMove
}

/** Makes the operator's clock of its control. */
export function createOperatorClock(control: StageClockControl): OperatorClock {
  const { clock } = control
  const read = () => ({
    now: new Date(clock.nowMs()).toISOString(),
    aheadMs: clock.nowMs() - Date.now(),
    frozen: control.isFrozen(),
  })
  return Object.freeze({
    read,
    move(text: string): StageClockMove {
      const wish = parseWish(text)
      if ('reason' in wish) return { outcome: 'refused', reason: wish.reason }
      const wasFrozen = control.isFrozen()
      // While it stands nothing comes between what is checked and what is done.
      control.setFrozen(true)
      const durationMs = wish.nowMs === undefined ? wish.advanceMs : wish.nowMs - clock.nowMs()
      const reason = findObjection(durationMs, clock.nowMs())
      if (reason === undefined) control.advance(durationMs)
      control.setFrozen(reason === undefined ? (wish.freeze ?? wasFrozen) : wasFrozen)
      return reason === undefined
        ? { outcome: 'moved', reading: read() }
        : { outcome: 'refused', reason }
    },
  })
}

function findObjection(durationMs: number, nowMs: number): string | undefined {
  if (durationMs < 0) return 'the clock never goes back'
  return nowMs + durationMs > nowMsMax ? 'the clock ends with the year 2199' : undefined
}

interface Wish {
  readonly advanceMs: number
  /** Undefined: it is moved by `advanceMs`. */
  readonly nowMs: number | undefined
  readonly freeze: boolean | undefined
}

const usage =
  'expected a JSON object with advance ("PT24H"), advanceMs or now ("2026-12-01T00:00:00Z"), and freeze ' +
  '(true or false)'

function parseWish(text: string): Wish | { readonly reason: string } {
  const members = parseJson(text)
  if (!isJsonObject(members)) return { reason: usage }
  const { advance, advanceMs, now, freeze, ...rest } = members
  const moves = [advance, advanceMs, now].filter((member) => member !== undefined)
  if (Object.keys(rest).length > 0 || moves.length > 1) return { reason: usage }
  if (moves.length === 0 && freeze === undefined) return { reason: usage }
  if (freeze !== undefined && typeof freeze !== 'boolean') return { reason: usage }
  const nowMs = typeof now === 'string' && timePattern.test(now) ? Date.parse(now) : Number.NaN
  if (now !== undefined && Number.isNaN(nowMs)) {
    return { reason: 'now: expected a time such as 2026-12-01T00:00:00Z' }
  }
  const durationMs = typeof advance === 'string' ? parseIsoDuration(advance) : advanceMs
  if (advance !== undefined && durationMs === undefined) {
    return { reason: 'advance: expected weeks, days, hours, minutes or seconds, such as PT24H' }
  }
  if (durationMs !== undefined && !Number.isFinite(durationMs)) {
    return { reason: 'advanceMs: expected a number' }
  }
  return {
    // What is no number was refused above.
    advanceMs: (durationMs as number | undefined) ?? 0,
    nowMs: now === undefined ? undefined : nowMs,
    freeze,
  }
}

/** With a zone: a time without one would be another one on each machine. */
const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
